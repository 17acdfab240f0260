import type { Browser, Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { startCli } from "../cli/run-cli.js";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { servePage } from "../support/page-stage.js";
import { PATIENCE, PageTab } from "../support/page-tab.js";
import { freeTcpPort } from "../support/peer-ports.js";
import { describePeers } from "../support/peer-program.js";

const SIZE = { width: 640, height: 480 };

let browser: Browser | undefined;
afterAll(() => browser?.close());

interface Notice {
  title: string;
  reason: string;
  retries: number;
  opacity: string;
}

/** What stands over the picture; undefined where nothing does. */
async function notice(page: Page): Promise<Notice | undefined> {
  const told = await page.evaluate<Record<keyof Notice, string> | null>(`(() => {
    const view = document.querySelector(".view");
    const [title, reason, retries] = view.querySelector(".notice").children;
    if (!title.checkVisibility()) return null;
    const { opacity } = getComputedStyle(view.querySelector(".picture"));
    return { title: title.textContent, reason: reason.textContent, retries: retries.textContent, opacity };
  })()`);
  if (!told) return undefined;
  const [, retries = "0"] = /^Trying again: (\d+) times? so far$/.exec(told.retries) ?? [];
  return { ...told, retries: Number(retries) };
}

/** Resolves once it was tried so often. */
async function expectNoSignal(page: Page, reason: RegExp, retries: number): Promise<void> {
  const enough = async (): Promise<number> => (await notice(page))?.retries ?? -1;
  await expect.poll(enough, PATIENCE).toBeGreaterThanOrEqual(retries);
  expect(await notice(page)).toMatchObject({ title: "No signal", reason: expect.stringMatching(reason) });
  expect(Number((await notice(page))?.opacity)).toBeLessThan(0.5);
}

describePeers("the page, when there is no signal", ["ffmpeg", CHROMIUM], () => {
  it.for(["websocket", "whep", "mjpeg"] as const)(
    "from the camera, says why by %s, and is back by itself",
    async (transport, { onTestFinished: finished }) => {
      browser ??= await launchChromium();
      const { origin, cameras } = await servePage({ fps: 10 }, finished);
      const tab = await PageTab.open(browser, origin, { ...SIZE, transport }, finished);
      await tab.shows(["bow"]);
      await tab.counters("bow", 3);

      cameras.bow?.camera.break("the ribbon cable came loose");
      await expectNoSignal(tab.page, /^the ribbon cable came loose$/, 2);
      expect(await tab.page.locator("#announcer").textContent()).toBe(
        "No signal from bow: the ribbon cable came loose",
      );
      // The last picture stays.
      const last = await tab.counter("bow");
      expect(last).toBeTypeOf("number");
      expect(await tab.counter("bow")).toBe(last);

      cameras.bow?.camera.mend();
      await tab.shows(["bow"]);
      expect(await notice(tab.page)).toBe(undefined);
      await tab.counters("bow", 3);
      await expect.poll(() => tab.page.locator("#announcer").textContent(), PATIENCE).toBe("Signal from bow is back");
      expect((await tab.status()).views[0]).toMatchObject({ transport });
    },
  );

  it("since the sender was killed, is back when that is", async ({ onTestFinished: finished }) => {
    browser ??= await launchChromium();
    const port = await freeTcpPort();
    const output = `web://127.0.0.1:${port}?camera=bow`;
    const start = () => startCli(["send", "--camera", "pattern?width=320&height=240&fps=10", "--output", output]);
    const first = start();
    finished(() => first[Symbol.asyncDispose]());
    await first.says(/open http/);
    const tab = await PageTab.open(browser, `http://127.0.0.1:${port}`, SIZE, finished);
    await tab.shows(["bow"]);
    // Past the beginning, to which the second returns.
    await expect.poll(() => tab.counter("bow"), PATIENCE).toBeGreaterThan(20);

    first.process.kill("SIGKILL");
    await first.ended;
    await expectNoSignal(tab.page, /^the server cannot be reached$/, 2);
    expect((await tab.status()).isLinked).toBe(false);
    const last = (await tab.counter("bow")) ?? 0;
    expect(last).toBeGreaterThan(20);

    const second = start();
    finished(() => second[Symbol.asyncDispose]());
    await tab.shows(["bow"]);
    expect(await notice(tab.page)).toBe(undefined);
    expect((await tab.status()).views[0]).toMatchObject({ transport: "websocket" });
    await tab.counters("bow", 3);
    await expect.poll(async () => (await tab.status()).isLinked, PATIENCE).toBe(true);
  });
});
