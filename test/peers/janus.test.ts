import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { type Janus, startJanus } from "../support/janus.js";
import { peerFolder } from "../support/peer-folder.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH, type TapeSender } from "../support/peer-sender.js";

const PAGE = fileURLToPath(new URL("../../deploy/janus/watch.html", import.meta.url));
const PATIENCE = { timeout: 60_000 };
const { width, height, fps } = PICTURE;
const ROW = Math.floor(height / 30 / 2);
/** Reads of each picture that is painted the row that holds its number, and when. */
const READER = `
  const seen = [];
  const video = document.querySelector("video");
  const context = new OffscreenCanvas(${width}, ${height}).getContext("2d", { willReadFrequently: true });
  const painted = () => {
    context.drawImage(video, 0, 0);
    const pixels = [...context.getImageData(0, ${ROW}, ${width}, 1).data];
    seen.push({ pixels, atMs: performance.timeOrigin + performance.now() });
    video.requestVideoFrameCallback(painted);
  };
  video.requestVideoFrameCallback(painted);
  window.seen = seen;`;

/** Keeps the page's connection, which is its own affair, for its figures. */
const KEEPER = `
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) { super(...options); window.connection = this; }
  };`;
const RTP_HEADER_BYTES = 12;
/** Times of packets and media ids, which Janus sends anyway, and the playout delay. */
const EXTENSION_BYTES = { withoutDelay: 12, withDelay: 16 };

let browser: Browser | undefined;
afterAll(() => browser?.close());

interface Seen {
  number: number | undefined;
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** Opens the page of deploy/janus, until the test is over. */
async function watch({ webSocketUrl }: Janus, finished: Finished): Promise<Page> {
  browser ??= await launchChromium();
  const page = await browser.newPage();
  finished(() => page.close());
  await page.addInitScript(KEEPER);
  await page.goto(`file://${PAGE}?janus=${encodeURIComponent(webSocketUrl)}&camera=left`);
  await page.evaluate(READER);
  return page;
}

async function send(rtpPort: number, finished: Finished): Promise<TapeSender> {
  const sdp = join(await peerFolder(finished), "camera.sdp");
  return sendTape(`udp://127.0.0.1:${rtpPort}?format=rtp&sdp=${encodeURIComponent(sdp)}`, "h264", finished);
}

/** The first so many pictures that it paints from now on. */
async function painted(page: Page, count: number): Promise<Seen[]> {
  await page.evaluate("seen.length = 0");
  await page.waitForFunction(`seen.length >= ${count}`, undefined, PATIENCE);
  const seen: { pixels: number[]; atMs: number }[] = await page.evaluate(`seen.slice(0, ${count})`);
  return seen.map(({ pixels, atMs }) => {
    const picture = Buffer.alloc(width * height * 4);
    picture.set(pixels, ROW * width * 4);
    return { atMs, number: readFrameCounter(picture, width, height, 4) };
  });
}

/** Bytes of extensions in each packet, on average. */
async function extensionBytes(page: Page): Promise<number> {
  const { headerBytesReceived, packetsReceived } = await page.evaluate<Record<string, number>>(
    "connection.getStats().then((all) => [...all.values()].find(({ type }) => type === 'inbound-rtp'))",
  );
  return Number(headerBytesReceived) / Number(packetsReceived) - RTP_HEADER_BYTES;
}

/** On a busy machine it passes some over, and one that is told of late shows the next already. */
function expectForward(seen: readonly Seen[]): void {
  const steps = seen
    .slice(1)
    .map(({ number = Number.NaN }, index) => (number - (seen[index]?.number ?? 0) + TAPE_LENGTH) % TAPE_LENGTH);
  expect(steps.filter((step) => !(step >= 0 && step < TAPE_LENGTH / 4))).toEqual([]);
  expect(new Set(seen.map(({ number }) => number)).size).toBeGreaterThan(seen.length / 2);
}

function said(page: Page): Promise<string | null> {
  return page.textContent("p");
}

describePeers("Janus relays a camera to Chromium", ["ffmpeg", "janus", CHROMIUM], () => {
  it("each picture in turn, and as soon as it is there", async ({ onTestFinished: finished }) => {
    const janus = await startJanus(finished);
    const { camera } = await send(janus.rtpPort, finished);
    const page = await watch(janus, finished);
    const seen = (await painted(page, 120)).slice(30);
    expectForward(seen);
    const late = seen.map(({ number = 0, atMs }) => atMs - performance.timeOrigin - (camera.playedAtMs[number] ?? 0));
    late.sort((one, other) => one - other);
    expect(late[late.length / 2]).toBeLessThan(5_000 / fps);
    // Chromium holds no picture back: all packets but those before the page asked for it tell so.
    const { withoutDelay, withDelay } = EXTENSION_BYTES;
    expect(await extensionBytes(page)).toBeGreaterThan((withoutDelay + withDelay) / 2);
    await expect.poll(() => said(page), PATIENCE).toBe("");
  });

  it("that comes late, and again when it was away, without another connection", async ({
    onTestFinished: finished,
  }) => {
    const janus = await startJanus(finished);
    const page = await watch(janus, finished);
    await expect.poll(() => said(page), PATIENCE).toBe("left: no picture");
    const closing: (() => Promise<void>)[] = [];
    await send(janus.rtpPort, (close) => closing.unshift(close));
    await painted(page, 30);
    for (const close of closing) await close();
    await expect.poll(() => said(page), PATIENCE).toBe("left: no picture");
    await send(janus.rtpPort, finished);
    expectForward((await painted(page, 90)).slice(60));
    await expect.poll(() => said(page), PATIENCE).toBe("");
  });

  it("and the page says so, and tries again, when Janus is not there", async ({ onTestFinished: finished }) => {
    const closing: (() => Promise<void>)[] = [];
    const { webSocketUrl, ...rest } = await startJanus((close) => closing.unshift(close));
    for (const close of closing) await close();
    const page = await watch({ webSocketUrl, ...rest }, finished);
    await expect.poll(() => said(page), PATIENCE).toBe(`no connection to ${webSocketUrl}`);
  });
});
