import type { Browser, Download, Locator, Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { type PageStage, servePage } from "../support/page-stage.js";
import { PATIENCE, PageTab } from "../support/page-tab.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { readPicture } from "../support/reference-picture.js";

const { width, height } = PICTURE;
const SIZE = { width: 800, height: 480 };
/** Of a view that fills the page; between the instruments. */
const GRAPH = { x: 300, y: 340, width: 200, height: 80 };

let browser: Browser | undefined;
afterAll(() => browser?.close());

interface Opened extends PageStage {
  tab: PageTab;
  page: Page;
  /** The button with this command, or of this camera. */
  click(name: string): Promise<void>;
  press(key: string): Promise<void>;
}

async function open(cameras: readonly string[], finished: Finished): Promise<Opened> {
  browser ??= await launchChromium();
  const stage = await servePage({ cameras, fps: 10 }, finished);
  const tab = await PageTab.open(browser, stage.origin, SIZE, finished);
  await tab.shows(cameras);
  const { page } = tab;
  return {
    ...stage,
    ...{ tab, page },
    // Without looking first whether it can be hit: when nobody has touched anything for a while, it is the pointer's way
    // there that brings the buttons back.
    click: (name) => button(page, name).click({ force: true }),
    press: (key) => page.keyboard.press(key),
  };
}

/** What the browser saves when something is done. */
async function saved(page: Page, act: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download", PATIENCE), act()]);
  return download;
}

/** The button with this command, or of this camera. */
function button(page: Page, name: string): Locator {
  return page.locator(`#toolbar [data-command="${name}"], #cameras button:text-is("${name}")`);
}

/** Whether it is shown as pressed. */
function pressed(page: Page, name: string): Promise<string | null> {
  return button(page, name).getAttribute("aria-pressed");
}

describePeers("the page's keys and buttons", ["ffmpeg", "ffprobe", CHROMIUM], () => {
  it("o, l, f and ?: overlays, latency, full screen, help", async ({ onTestFinished: finished }) => {
    const { tab, page, click, press } = await open(["bow"], finished);
    await expect.poll(() => tab.ink("bow"), PATIENCE).toBeGreaterThan(0);
    await press("o");
    await expect.poll(() => tab.ink("bow"), PATIENCE).toBe(0);
    expect(await pressed(page, "overlays")).toBe("false");
    await press("l");
    await expect.poll(() => tab.ink("bow", GRAPH), PATIENCE).toBe(1);
    expect(await pressed(page, "latency")).toBe("true");
    await click("latency");
    await click("overlays");
    await expect.poll(() => tab.ink("bow"), PATIENCE).toBeGreaterThan(0);
    expect([await tab.ink("bow", GRAPH), await pressed(page, "latency"), await pressed(page, "overlays")]).toEqual([
      ...[0, "false", "true"],
    ]);

    const isFull = (): Promise<boolean> => tab.ask("document.fullscreenElement !== null");
    for (const [act, full] of [
      [() => press("f"), true],
      [() => click("full-screen"), false],
      [() => click("full-screen"), true],
      [() => press("f"), false],
    ] as const) {
      await act();
      await expect.poll(isFull, PATIENCE).toBe(full);
      await expect.poll(() => pressed(page, "full-screen"), PATIENCE).toBe(`${full}`);
    }

    const help = page.locator("#help");
    await press("?");
    expect(await help.isVisible()).toBe(true);
    // Behind it nothing is done.
    await press("o");
    expect(await pressed(page, "overlays")).toBe("true");
    await press("?");
    expect(await help.isVisible()).toBe(false);
    await click("help");
    await help.getByRole("button", { name: "Close" }).click();
    expect(await help.isVisible()).toBe(false);
    await click("help");
    await press("Escape");
    expect(await help.isVisible()).toBe(false);
  });

  it("s: the picture as PNG", async ({ onTestFinished: finished }) => {
    const { page, click, press } = await open(["bow"], finished);
    for (const act of [() => press("s"), () => click("snapshot")]) {
      const download = await saved(page, act);
      expect(download.suggestedFilename()).toMatch(/^glasslink-bow-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.png$/);
      const picture = await readPicture(await download.path());
      expect([picture.width, picture.height]).toEqual([width, height]);
      expect(readFrameCounter(picture.data, width, height, 4)).toBeTypeOf("number");
    }
  });

  it("r: a video of what came meanwhile", async ({ onTestFinished: finished }) => {
    const { tab, page, click, press } = await open(["bow"], finished);
    for (const [begin, end] of [
      [() => press("r"), () => click("record")],
      [() => click("record"), () => press("r")],
    ] as const) {
      expect(await page.locator("#recording").isVisible()).toBe(false);
      await begin();
      await expect.poll(() => page.locator("#recording").isVisible(), PATIENCE).toBe(true);
      expect(await pressed(page, "record")).toBe("true");
      await expect.poll(() => page.locator("#announcer").textContent(), PATIENCE).toBe("Recording");
      await tab.counters("bow", 8);
      const download = await saved(page, end);
      await expect.poll(() => page.locator("#announcer").textContent(), PATIENCE).toBe("Recording saved");
      expect(download.suggestedFilename()).toMatch(/^glasslink-bow-.*\.(webm|mp4)$/);
      const picture = await readPicture(await download.path());
      expect([picture.width, picture.height]).toEqual([width, height]);
      expect(readFrameCounter(picture.data, width, height, 4)).toBeTypeOf("number");
    }
  });

  it("1, 2 and 0: one camera, or both side by side", async ({ onTestFinished: finished }) => {
    const { tab, page, cameras, click, press } = await open(["left", "right"], finished);
    const viewers = (): number[] => ["left", "right"].map((camera) => cameras[camera]?.viewers() ?? -1);
    const isShown = (camera: string): Promise<boolean> => page.locator(`.view[data-camera="${camera}"]`).isVisible();
    const [left, right] = await Promise.all(
      ["left", "right"].map((camera) => page.locator(`.view[data-camera="${camera}"]`).boundingBox()),
    );
    expect(right?.y).toBe(left?.y);
    expect(right?.x).toBeGreaterThanOrEqual((left?.x ?? 0) + (left?.width ?? 0));

    for (const [act, shown] of [
      [() => press("1"), ["left"]],
      [() => press("2"), ["right"]],
      [() => press("0"), ["left", "right"]],
      [() => click("right"), ["right"]],
      [() => click("left"), ["left"]],
      [() => click("All"), ["left", "right"]],
      // There is no third, and nothing happens.
      [() => press("3"), ["left", "right"]],
    ] as const) {
      await act();
      const expected = ["left", "right"].map((camera) => shown.includes(camera as never));
      expect(await Promise.all(["left", "right"].map(isShown))).toEqual(expected);
      expect(await Promise.all(["left", "right", "All"].map((name) => pressed(page, name)))).toEqual(
        [...expected.map((is) => is && shown.length === 1), shown.length === 2].map(String),
      );
      // What is not shown is not sent either.
      await expect.poll(viewers, PATIENCE).toEqual(expected.map(Number));
    }
    await tab.shows(["left", "right"]);
  });

  it("q: stops, and begins anew; another transport is taken at once", async ({ onTestFinished: finished }) => {
    const { tab, page, cameras, click, press } = await open(["bow"], finished);
    const notice = page.locator(".view .notice");
    for (const [stop, start] of [
      [() => press("q"), () => click("stop")],
      [() => click("stop"), () => press("q")],
    ] as const) {
      await stop();
      await expect.poll(() => cameras.bow?.viewers(), PATIENCE).toBe(0);
      expect((await notice.innerText()).replace(/\n+/g, "\n")).toBe(
        "Stopped\nPress q, or the button Start, to begin again.",
      );
      expect(await page.locator('[data-command="stop"]').textContent()).toBe("Start");
      expect(await page.locator("#announcer").textContent()).toBe("Stopped; press q to begin again");
      expect(await page.locator('[data-command="snapshot"]').isDisabled()).toBe(true);
      await start();
      await tab.shows(["bow"]);
      expect(await notice.isVisible()).toBe(false);
      await tab.counters("bow", 3);
    }
    for (const [option, transport] of [
      ["mjpeg", "mjpeg"],
      ["whep", "whep"],
      ["", "websocket"],
    ] as const) {
      await page.locator("#transport").selectOption(option);
      await expect
        .poll(async () => (await tab.status()).views[0], PATIENCE)
        .toMatchObject({ transport, signal: "good" });
      await tab.counters("bow", 3);
    }
  });
});
