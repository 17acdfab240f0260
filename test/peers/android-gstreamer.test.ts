import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startChildProcess } from "../../lib/child-process.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Sender } from "../../server/index.js";
import { describeWithPeers } from "../support/describe-with-peers.js";
import { makeStream } from "../support/make-stream.js";
import { TapeCamera } from "../support/tape-camera.js";
import { unitsOf } from "../support/units-of.js";
import { startXvfb, XVFB_PROGRAMS, type Xvfb } from "../support/xvfb.js";

const README = readFileSync(new URL("../../android/README.md", import.meta.url), "utf8");
const PIPELINES = [...README.matchAll(/^(?:udpsrc|tcpclientsrc) .*$/gm)].map(([line]) => line);
const [WIDTH, HEIGHT, FPS] = [640, 480, 30];
const SINK = "autovideosink sync=false";
// The group of pictures that comes at once when joining is as old as it is.
const JOINING = FPS;
const MEASURED = 60;
const PATIENCE = { timeout: 20_000, interval: 50 };
// What autovideosink picks here, by OpenGL or by X alone.
const WINDOW_TITLES = "OpenGL renderer|gst-launch-1.0";

const stream = await makeStream({ codec: "h264", width: WIDTH, height: HEIGHT, fps: FPS, frames: 300, gop: FPS });

// With gst-launch-1.0 on Linux in the place of the Android app: the same elements, another sink where pixels are read.
describeWithPeers("the pipelines in android/README.md", ["gst-launch-1.0", ...XVFB_PROGRAMS], () => {
  let screen: Xvfb;
  beforeAll(async () => {
    screen = await startXvfb();
  });
  afterAll(() => screen[Symbol.asyncDispose]());

  it("are four", () => {
    expect(PIPELINES).toHaveLength(4);
  });

  describe.each(PIPELINES)("%s", (written) => {
    it("opens a window with the moving picture", async () => {
      await using sending = await startSender(written);
      await using _player = startPlayer(sending.pipeline, screen.environment);
      const frameNumber = async (): Promise<number> => {
        const shot = await screen.windowPicture(WINDOW_TITLES);
        const number = shot && readFrameCounter(shot.pixels, shot.width, shot.height);
        if (number === undefined) throw new Error("no frame number is to be seen");
        return number;
      };
      const first = await vi.waitFor(frameNumber, PATIENCE);
      await vi.waitFor(async () => expect(await frameNumber()).not.toBe(first), PATIENCE);
    });

    it("shows a picture at once, not when the next one comes", async () => {
      await using sending = await startSender(written);
      const delays = await measureDelays(sending);
      const median = delays.toSorted((a, b) => a - b)[delays.length / 2];
      expect(median).toBeLessThan(0.5 * (1_000 / FPS));
    });
  });
});

interface Sending extends AsyncDisposable {
  camera: TapeCamera;
  /** As written in the README, but with the ports and addresses of this run. */
  pipeline: string;
}

async function startSender(written: string): Promise<Sending> {
  const camera = new TapeCamera(unitsOf(stream, "h264"), FPS);
  const folder = await mkdtemp(join(tmpdir(), "android-"));
  const host = /udp:\/\/(239[\d.]+):/.exec(written)?.[1] ?? "127.0.0.1";
  const format = written.includes("application/x-rtp") ? `?format=rtp&sdp=${folder}/stream.sdp` : "";
  const output = written.startsWith("udpsrc") ? `udp://${host}:${await freeUdpPort()}${format}` : "tcp://127.0.0.1:0";
  const sender = new Sender({ camera, outputs: [output] });
  await sender.ready;
  const { port } = new URL(sender.outputs[0]?.url as string);
  return {
    camera,
    pipeline: written.replace(/:5000\b/, `:${port}`).replace(/host=\S+ port=\d+/, `host=127.0.0.1 port=${port}`),
    async [Symbol.asyncDispose]() {
      await sender.close();
      await rm(folder, { recursive: true });
    },
  };
}

function startPlayer(pipeline: string, environment: object = {}) {
  const end = new AbortController();
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const args = [...variables, "gst-launch-1.0", "-q", ...pipeline.split(" ")];
  const child = startChildProcess({ command: "env", args, signal: end.signal });
  return {
    stdout: child.stdout,
    async [Symbol.asyncDispose]() {
      end.abort();
      await child.exited;
    },
  };
}

/** For 60 pictures: milliseconds from handing it to the sender to its last pixel coming out of the pipeline. */
async function measureDelays({ camera, pipeline }: Sending): Promise<number[]> {
  expect(pipeline).toContain(`! ${SINK}`);
  const toPixels = `video/x-raw,format=GRAY8 ! fdsink fd=1 sync=false`;
  await using player = startPlayer(pipeline.replace(SINK, toPixels));
  const delays: number[] = [];
  let rest = Buffer.alloc(0);
  for await (const bytes of player.stdout) {
    const now = performance.now();
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= WIDTH * HEIGHT) {
      const number = readFrameCounter(rest.subarray(0, WIDTH * HEIGHT), WIDTH, HEIGHT, 1);
      if (number !== undefined) delays.push(now - (camera.playedAtMs[number] as number));
      rest = rest.subarray(WIDTH * HEIGHT);
    }
    if (delays.length >= JOINING + MEASURED) break;
  }
  return delays.slice(JOINING, JOINING + MEASURED);
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0);
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
