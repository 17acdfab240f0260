import type { Browser } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { servePage } from "../support/page-stage.js";
import { PATIENCE, PageTab } from "../support/page-tab.js";
import { describePeers } from "../support/peer-program.js";
import type { Rectangle } from "../support/screenshot.js";

const CAMERAS = ["left", "right"];
const FINGER = 44;

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** What can be seen, and where; runs in the browser. */
const VISIBLE = `(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden"))
  .map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { name: element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 30), x, y, width, height };
  })`;

interface Seen extends Rectangle {
  name: string;
}

function visible(tab: PageTab, selector: string): Promise<Seen[]> {
  return tab.ask(`(${VISIBLE})(${JSON.stringify(selector)})`);
}

function isSideBySide([one, other]: readonly Seen[]): boolean {
  return one !== undefined && other !== undefined && one.y === other.y && one.x + one.width <= other.x;
}

function isStacked([one, other]: readonly Seen[]): boolean {
  return one !== undefined && other !== undefined && one.x === other.x && one.y + one.height <= other.y;
}

describePeers("the page fits", ["ffmpeg", CHROMIUM], () => {
  it.for([
    { width: 360, height: 640, isPlaced: isStacked },
    { width: 640, height: 360, isPlaced: isSideBySide },
    { width: 1280, height: 720, isPlaced: isSideBySide },
    { width: 3840, height: 2160, isPlaced: isSideBySide },
  ])(
    "$width x $height: nothing is cut off, and fingers hit the buttons",
    async (size, { onTestFinished: finished }) => {
      browser ??= await launchChromium();
      const { origin } = await servePage({ cameras: CAMERAS, fps: 5 }, finished);
      const tab = await PageTab.open(browser, origin, size, finished);
      await tab.shows(CAMERAS);
      expect(size.isPlaced(await visible(tab, ".view"))).toBe(true);
      const isCutOff = ({ x, y, width, height }: Rectangle): boolean =>
        x < 0 || y < 0 || x + width > size.width || y + height > size.height;
      expect((await visible(tab, "body *")).filter(isCutOff)).toEqual([]);
      expect(await tab.ask("document.documentElement.scrollWidth")).toBe(size.width);
      const controls = await visible(tab, "button, select");
      expect(controls.length).toBe(11);
      expect(controls.filter(({ width, height }) => width < FINGER || height < FINGER)).toEqual([]);

      await tab.page.keyboard.press("?");
      const [help] = await visible(tab, "#help");
      expect(help).toBeDefined();
      expect(isCutOff(help as Seen)).toBe(false);
      expect((await visible(tab, "#help button")).filter(isCutOff)).toEqual([]);
    },
  );

  it("for whoever has a keyboard alone: Tab leads to every control", async ({ onTestFinished: finished }) => {
    browser ??= await launchChromium();
    const { origin } = await servePage({ cameras: CAMERAS, fps: 5 }, finished);
    const tab = await PageTab.open(browser, origin, { width: 1280, height: 720 }, finished);
    await tab.shows(CAMERAS);
    const controls = (await visible(tab, "button, select")).map(({ name }) => name);
    const reached: string[] = [];
    for (const _ of controls) {
      await tab.page.keyboard.press("Tab");
      reached.push(
        await tab.ask(`(({ activeElement: { ariaLabel, textContent } }) => ariaLabel ?? textContent)(document)`),
      );
    }
    expect(reached).toEqual(controls);
    // The buttons stay while one of them has the focus, and what has it can be seen.
    const outline = `getComputedStyle(document.activeElement).outlineStyle`;
    expect(await tab.ask(outline)).toBe("solid");
    await expect.poll(() => tab.ask("document.body.className"), PATIENCE).toBe("idle");
    expect(await tab.ask(`getComputedStyle(document.getElementById("toolbar")).opacity`)).toBe("1");
    await tab.page.keyboard.press("Enter");
    expect(await tab.page.locator("#help").isVisible()).toBe(true);
  });

  it("and tells who cannot see it", async ({ onTestFinished: finished }) => {
    browser ??= await launchChromium();
    const { origin } = await servePage({ cameras: ["bow"], fps: 5 }, finished);
    const tab = await PageTab.open(browser, origin, { width: 640, height: 480 }, finished);
    await tab.shows(["bow"]);
    const tree = await tab.page.locator("body").ariaSnapshot();
    for (const role of ['main "Cameras"', 'region "Camera bow"', 'img "Picture of the camera bow"', "status"]) {
      expect(tree).toContain(role);
    }
    expect(tree).toMatch(/camera bow, latency .*, pictures .*, by WebSocket/);
    expect(await tab.page.locator("#announcer").getAttribute("aria-live")).toBe("polite");
  });
});
