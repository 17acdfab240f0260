import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { Receiver } from "../../lib/receiver.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";

const FRAMES = 24;

/** Called with what ends a thing once its test is over. */
type Finished = (close: () => Promise<void>) => void;

/** ffmpeg as anybody would run it to send a camera; the picture carries its number. */
function send(encoder: string[], output: string[], finished: Finished): ChildProcess {
  const picture = ["testsrc2=size=320x240:rate=30", ...counterFilters(320, 240), "realtime"].join(",");
  const args = ["-v", "error", "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-g", "15", ...encoder, ...output];
  const child = spawn("ffmpeg", args, { stdio: "ignore" });
  const gone = once(child, "exit");
  finished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  return child;
}

const X264 = ["-c:v", "libx264", "-preset", "ultrafast"];
const ENCODERS = {
  "h264 zerolatency": [...X264, "-tune", "zerolatency", "-x264-params", "threads=1"],
  "h264 with four slices": [...X264, "-tune", "zerolatency", "-x264-params", "threads=1:slices=4"],
  "h264 with B-frames": [...X264, "-bf", "2", "-x264-params", "b-adapt=0:rc-lookahead=5"],
  h265: [
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-x265-params",
    "log-level=error:repeat-headers=1:pools=1",
  ],
};

async function freePort(kind: "tcp" | "udp"): Promise<number> {
  if (kind === "tcp") {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** The numbers of the first frames, read from the pixels. */
async function firstNumbers(url: string, finished: Finished): Promise<number[]> {
  const receiver = new Receiver(url, { hwaccel: "none", stallTimeoutMs: 20_000 });
  finished(() => receiver.close());
  const numbers: number[] = [];
  await new Promise<void>((resolve) => {
    receiver.on("frame", ({ data, width, height }) => {
      numbers.push(readFrameCounter(data, width, height) ?? -1);
      if (numbers.length === FRAMES) resolve();
    });
  });
  return numbers;
}

/** Every picture is whole, in order, and at most the burst of the start is thinned out. */
function expectMoving(numbers: number[]): void {
  expect(numbers).not.toContain(-1);
  const steps = numbers.slice(1).map((number, i) => number - (numbers[i] as number));
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(steps.slice(-12).filter((step) => step === 1).length).toBeGreaterThanOrEqual(5);
}

describe.concurrent("streams that ffmpeg sends", () => {
  const udp: [keyof typeof ENCODERS, string, string[], string][] = [
    ["h264 zerolatency", "raw datagrams", ["-f", "h264"], "udp://127.0.0.1:PORT?pkt_size=1452"],
    ["h264 with four slices", "raw datagrams", ["-f", "h264"], "udp://127.0.0.1:PORT?pkt_size=1452"],
    ["h265", "raw datagrams", ["-f", "hevc"], "udp://127.0.0.1:PORT?pkt_size=1452"],
    ["h264 with B-frames", "MPEG-TS", ["-f", "mpegts"], "udp://127.0.0.1:PORT?pkt_size=1316"],
    ["h265", "MPEG-TS", ["-f", "mpegts"], "udp://127.0.0.1:PORT?pkt_size=1316"],
    ["h264 with four slices", "RTP", ["-f", "rtp", "-bsf:v", "dump_extra"], "rtp://127.0.0.1:PORT"],
    ["h265", "RTP", ["-f", "rtp", "-bsf:v", "dump_extra"], "rtp://127.0.0.1:PORT"],
    ["h264 zerolatency", "MPEG-TS in RTP", ["-f", "rtp_mpegts"], "rtp://127.0.0.1:PORT"],
  ];
  it.for(udp)("%s as %s over UDP", async ([encoder, _name, format, target], { onTestFinished: finished }) => {
    const port = await freePort("udp");
    const numbers = firstNumbers(`udp://127.0.0.1:${port}`, finished);
    send(ENCODERS[encoder], [...format, target.replace("PORT", String(port))], finished);
    expectMoving(await numbers);
  });

  const tcp: [keyof typeof ENCODERS, string][] = [
    ["h264 zerolatency", "h264"],
    ["h264 with four slices", "h264"],
    ["h264 with B-frames", "h264"],
    ["h265", "hevc"],
    ["h264 zerolatency", "mpegts"],
  ];
  it.for(tcp)("%s as %s over TCP, ffmpeg waiting for us", async ([encoder, format], { onTestFinished: finished }) => {
    const port = await freePort("tcp");
    send(ENCODERS[encoder], ["-f", format, `tcp://127.0.0.1:${port}?listen=1`], finished);
    expectMoving(await firstNumbers(`tcp://127.0.0.1:${port}`, finished));
  });
});
