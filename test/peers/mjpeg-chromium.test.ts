import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { playMjpegTape } from "../support/mjpeg-tape.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { TAPE_LENGTH, tapeUnits } from "../support/peer-sender.js";

const CHROMIUM = "/usr/bin/chromium";
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const { width, height } = PICTURE;
const COUNTER_ROW = Math.floor(height / 30 / 2);

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** Opens a page of a server of ours that is gone when its test is over. */
async function openPage(url: string, finished: Finished): Promise<Page> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET];
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args });
  const page = await browser.newPage();
  finished(() => page.close());
  await page.goto(url, { waitUntil: "commit" });
  return page;
}

/** Runs in the browser, whose types the tests do not have: shows a stream until so many different pictures were seen. */
const WATCH = `async ({ path, count, width, height, row }) => {
  const image = new Image();
  image.src = path;
  document.body.append(image);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  const seen = [];
  for (let last = ""; seen.length < count; await new Promise(requestAnimationFrame)) {
    if (image.naturalWidth === 0) continue;
    context.drawImage(image, 0, 0);
    const pixels = [...context.getImageData(0, row, width, 1).data];
    if (String(pixels) !== last) seen.push({ pixels, atMs: Date.now() });
    last = String(pixels);
  }
  return seen;
}`;

/** The numbers of the pictures that an `<img>` shows, and when it did so first, milliseconds since the epoch. */
async function watch(page: Page, path: string, count: number): Promise<{ number: number; atMs: number }[]> {
  const options = { path, count, width, height, row: COUNTER_ROW };
  const seen: { pixels: number[]; atMs: number }[] = await page.evaluate(`(${WATCH})(${JSON.stringify(options)})`);
  return seen.map(({ pixels, atMs }) => {
    const picture = Buffer.alloc(width * height * 4);
    picture.set(pixels, COUNTER_ROW * width * 4);
    return { number: readFrameCounter(picture, width, height, 4) as number, atMs };
  });
}

describePeers("Chromium shows /stream.mjpg", ["ffmpeg", CHROMIUM], () => {
  it.for(["mjpeg", "h264", "vp8"] as const)("%s, each picture in turn", async (codec, { onTestFinished: finished }) => {
    const { stage } = await playMjpegTape(await tapeUnits(codec), { fps: PICTURE.fps }, finished);
    const page = await openPage(`${stage.origin}/snapshot.jpg`, finished);
    const seen = await watch(page, "/stream.mjpg", 45);
    const steps = seen
      .slice(1)
      .map(({ number }, index) => (number - (seen[index]?.number ?? 0) + TAPE_LENGTH) % TAPE_LENGTH);
    // On a busy machine it passes some over.
    expect(steps.filter((step) => !(step >= 1 && step < TAPE_LENGTH / 4))).toEqual([]);
  });

  it("as soon as it is there, not with the next one", async ({ onTestFinished: finished }) => {
    const fps = 5;
    const { stage, playedAtMs } = await playMjpegTape(await tapeUnits("mjpeg"), { fps }, finished);
    const page = await openPage(`${stage.origin}/snapshot.jpg`, finished);
    const seen = await watch(page, "/stream.mjpg", 15);
    const delaysMs = seen.slice(1).map(({ number, atMs }) => atMs - (playedAtMs[number] ?? 0));
    expect(delaysMs.sort((a, b) => a - b)[7]).toBeLessThan(1_000 / fps / 2);
  });

  it("by itself, without a page around it", async ({ onTestFinished: finished }) => {
    const { stage } = await playMjpegTape(await tapeUnits("mjpeg"), { fps: PICTURE.fps }, finished);
    const page = await openPage(`${stage.origin}/stream.mjpg`, finished);
    await page.waitForFunction(`document.images[0]?.naturalWidth === ${width}`);
  });
});
