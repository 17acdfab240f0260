import { expect, it, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { expectEveryNumber, PICTURE, pictureNumbers } from "../support/peer-pictures.js";
import { describePeers, startGStreamer, startPeer } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";

/** Pictures that go by while one client does not listen: 5 seconds, far more than any buffer is meant to hold. */
const PAUSE = 150;
/** More than by default: on a busy machine a program that listens may get no turn for a while. */
const BACKLOG_MS = 1_000;
const FRESH_MS = 500;
const SOON_MS = (4 * 1_000 * PICTURE.gop) / PICTURE.fps;
const PATIENCE = { timeout: 20_000, interval: 20 };

interface Shown {
  number: number | undefined;
  atMs: number;
}

/** What a program shows, as it comes. */
function watch(peer: ChildProcess): Shown[] {
  const shown: Shown[] = [];
  const read = async (): Promise<void> => {
    for await (const number of pictureNumbers(peer)) shown.push({ number, atMs: performance.now() });
  };
  // It ends with the test; one that ends before shows nothing more.
  read().catch(() => {});
  return shown;
}

const FAST_START = ["-probesize", "32", "-analyzeduration", "0"];
const RGB24 = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1"];
const CLIENTS = {
  ffmpeg: (url: string, finished) => startPeer("ffmpeg", ["-v", "error", ...FAST_START, "-i", url, ...RGB24], finished),
  GStreamer: (url, finished) => {
    const source = `tcpclientsrc host=127.0.0.1 port=${new URL(url).port}`;
    const pixels = "videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false";
    return startGStreamer(`${source} ! h264parse ! avdec_h264 max-threads=1 ! ${pixels}`, finished);
  },
} satisfies Record<string, (url: string, finished: Parameters<typeof startPeer>[2]) => ChildProcess>;

describePeers("a TCP client that stops listening", ["ffmpeg", "gst-launch-1.0"], () => {
  it.for(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])(
    "%s: is live again soon, and another client misses nothing",
    async (name, { onTestFinished: finished }) => {
      const { camera, url } = await sendTape(`tcp://127.0.0.1:0?maxBacklogMs=${BACKLOG_MS}`, "h264", finished);
      const other = watch(CLIENTS.ffmpeg(url, finished));
      const peer = CLIENTS[name](url, finished);
      const shown = watch(peer);
      await vi.waitUntil(() => Math.min(other.length, shown.length) > 2 * PICTURE.gop, PATIENCE);

      process.kill(peer.pid as number, "SIGSTOP");
      const before = other.length;
      await vi.waitUntil(() => other.length > before + PAUSE, PATIENCE);
      const continuedAtMs = performance.now();
      process.kill(peer.pid as number, "SIGCONT");

      const age = ({ number, atMs }: Shown): number => atMs - (camera.playedAtMs[number ?? 0] as number);
      const isLive = (picture: Shown): boolean => picture.atMs > continuedAtMs && age(picture) < FRESH_MS;
      const live = await vi.waitUntil(() => shown.find(isLive), PATIENCE);
      expect(live.atMs - continuedAtMs).toBeLessThan(SOON_MS);
      const from = shown.indexOf(live);
      await vi.waitUntil(() => shown.length > from + PICTURE.fps, PATIENCE);
      expect(Math.max(...shown.slice(from).map(age))).toBeLessThan(FRESH_MS);
      expectEveryNumber(
        other.map(({ number }) => number),
        TAPE_LENGTH,
      );
    },
  );
});
