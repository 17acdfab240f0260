import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, expect, it, vi } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { rtpTimestamp } from "../../server/rtsp/rtp-picture.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { WHEP_PAGE } from "../support/whep-page.js";
import { playWhepTape, type WhepTape, type WhepTapeOptions } from "../support/whep-tape.js";

const CHROMIUM = "/usr/bin/chromium";
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const { width, height } = PICTURE;
const COUNTER_ROW = Math.floor(height / 30 / 2);
const PATIENCE = { timeout: 60_000 };

/** Every so many packets one is lost on its first way; 0: none is. */
const loss = vi.hoisted(() => ({ every: 0, newest: undefined as number | undefined }));

vi.mock("node-datachannel", async (importOriginal) => {
  const { default: native } = await importOriginal<typeof import("node-datachannel")>();
  const { loseSome } = await import("../support/lossy-track.js");
  return { default: { ...native, PeerConnection: loseSome(native.PeerConnection, loss) } };
});

let browser: Browser | undefined;
afterAll(() => browser?.close());

interface Seen {
  number: number | undefined;
  rtpTimestamp: number;
  /** Milliseconds since the epoch. */
  atMs: number;
}

interface Watched extends WhepTape {
  page: Page;
}

/** Opens a page that shows a camera, until the test is over. */
async function watch(options: WhepTapeOptions, finished: Finished, sound = false): Promise<Watched> {
  const played = await playWhepTape({ ...options, page: WHEP_PAGE }, finished);
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET];
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args });
  const page = await browser.newPage();
  finished(() => page.close());
  await page.goto(`${played.stage.origin}/`);
  await page.evaluate(`watch(${JSON.stringify({ width, height, row: COUNTER_ROW, sound })})`);
  return { ...played, page };
}

/** The first so many pictures that it paints from now on. */
async function painted(page: Page, count: number): Promise<Seen[]> {
  await page.evaluate("seen.length = 0");
  await page.waitForFunction(`seen.length >= ${count}`, undefined, PATIENCE);
  const seen: (Omit<Seen, "number"> & { pixels: number[] })[] = await page.evaluate(`seen.slice(0, ${count})`);
  return seen.map(({ pixels, ...rest }) => {
    const picture = Buffer.alloc(width * height * 4);
    picture.set(pixels, COUNTER_ROW * width * 4);
    return { ...rest, number: readFrameCounter(picture, width, height, 4) };
  });
}

/** How far each is ahead of the one before. */
function steps(seen: readonly Seen[]): number[] {
  return seen
    .slice(1)
    .map(({ number = Number.NaN }, index) => (number - (seen[index]?.number ?? 0) + TAPE_LENGTH) % TAPE_LENGTH);
}

/** On a busy machine it passes some over. */
function expectForward(seen: readonly Seen[]): void {
  expect(steps(seen).filter((step) => !(step >= 1 && step < TAPE_LENGTH / 4))).toEqual([]);
}

describePeers("Chromium shows a camera by WHEP", ["ffmpeg", CHROMIUM], () => {
  it.for(["h264", "vp8"] as const)(
    "%s, each picture in turn, whatever else it would take",
    async (codec, { onTestFinished: finished }) => {
      const { page, camera } = await watch({ codec }, finished, true);
      expectForward((await painted(page, 90)).slice(30));
      expect(camera.viewers).toBe(1);
    },
  );

  it("as soon as it is there, and knows when it was taken", async ({ onTestFinished: finished }) => {
    const fps = 5;
    const { page, tape } = await watch({ fps }, finished);
    const seen = (await painted(page, 30)).slice(15);
    const late = seen.map(({ number = 0, atMs }) => atMs - performance.timeOrigin - (tape.playedAtMs[number] ?? 0));
    expect(late.sort((a, b) => a - b)[7]).toBeLessThan(1_000 / fps / 2);
    for (const { number = 0, rtpTimestamp: told } of seen) {
      expect(told).toBe(rtpTimestamp(tape.playedAtMs[number] ?? 0));
    }
  });

  it.for(["h264", "vp8"] as const)(
    "%s, without a break although one packet of 20 is lost",
    async (codec, { onTestFinished: finished }) => {
      Object.assign(loss, { every: 20, newest: undefined });
      finished(async () => {
        loss.every = 0;
      });
      const { page, stage } = await watch({ codec }, finished);
      const seen = (await painted(page, 150)).slice(30);
      expectForward(seen);
      const figures = () => page.evaluate<Record<string, number>>("figures()");
      // What was asked for again and is not here yet counts as lost.
      await expect.poll(async () => (await figures()).packetsLost, PATIENCE).toBe(0);
      const { pliCount, nackCount } = await figures();
      // On a busy machine an answer may come too late; every packet that is lost is asked for again.
      expect(pliCount).toBeLessThan(5);
      expect(nackCount).toBeGreaterThan(3);
      expect(await stage.metrics.metrics()).not.toContain("glasslink_webrtc_resent_packets_total 0\n");
    },
  );

  it("until it ends the session, and again afterwards", async ({ onTestFinished: finished }) => {
    const { page, camera } = await watch({}, finished);
    await painted(page, 5);
    expect(await page.evaluate("fetch(session, { method: 'DELETE' }).then(({ status }) => status)")).toBe(200);
    expect(camera.viewers).toBe(0);
    await page.evaluate(`watch(${JSON.stringify({ width, height, row: COUNTER_ROW })})`);
    expectForward((await painted(page, 60)).slice(30));
    await page.evaluate("connection.close()");
    await expect.poll(() => camera.viewers, PATIENCE).toBe(0);
  });

  it("and is forgotten soon after it has died", async ({ onTestFinished: finished }) => {
    const { page, camera, stage } = await watch({}, finished);
    await painted(page, 5);
    await page.close();
    await expect.poll(() => camera.viewers, PATIENCE).toBe(0);
    expect(stage.logger.lines.at(-1)).toMatch(/the viewer said nothing for 5 s|the connection is disconnected/);
  });
});
