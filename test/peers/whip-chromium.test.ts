import type { Browser, Page } from "playwright-core";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { expectForward, GatewayFrames } from "../support/gateway-frames.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { WHIP_PAGE } from "../support/whip-page.js";

/** Longer than any test: the numbers do not begin anew. */
const NO_END = 2 ** 32;

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** A page that can push, until the test is over. */
async function open({ origin }: GatewayFrames, finished: Finished): Promise<Page> {
  browser ??= await launchChromium();
  const page = await browser.newPage();
  finished(() => page.close());
  await page.goto(`${origin}/cameras`);
  await page.evaluate(WHIP_PAGE);
  return page;
}

describePeers("Chromium pushes by WHIP", ["ffmpeg", CHROMIUM], () => {
  it.each([
    ["VP8", "vp8", "", {}],
    ["H264", "h264", "", {}],
    ["VP8", "vp8", " beside sound, which is not taken", { sound: true }],
    ["VP8", "vp8", " over the transport of sound", { sound: true, bundlePolicy: "max-bundle" }],
  ])("%s, as %s%s, each picture in turn, until it ends the session", async (name, codec, _what, options) => {
    const finished: Finished = onTestFinished;
    const frames = await GatewayFrames.start(finished);
    const page = await open(frames, finished);
    expect(await page.evaluate(`push(${JSON.stringify({ codec: name, ...options })})`)).toBe(201);
    expectForward(await frames.next("left", 60), NO_END);
    expect(frames.gateway.stats().cameras.left?.receiver.codec).toBe(codec);
    expect(await page.evaluate("leave()")).toBe(200);
    await frames.until(() => frames.gateway.cameras.get("left")?.state.name === "reconnecting");
  });

  it("with the token, which it needs", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished, { token: "open-sesame" });
    const page = await open(frames, finished);
    expect(await page.evaluate(`push({ codec: "VP8" })`)).toBe(401);
    expect(await page.evaluate(`push({ codec: "VP8", token: "open-sesame" })`)).toBe(201);
    expectForward(await frames.next("left", 10), NO_END);
  });
});
