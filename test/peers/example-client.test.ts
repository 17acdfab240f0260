import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Sender } from "../../server/index.js";
import { describeWithPeers } from "../support/describe-with-peers.js";
import { isRunning } from "../support/is-running.js";
import { type RunningExample, runExample } from "../support/run-example.js";
import { colorAt, type Screenshot } from "../support/screenshot.js";
import { startXvfb, XVFB_PROGRAMS, type Xvfb } from "../support/xvfb.js";

const TITLE = "glasslink";
const PATIENCE = { timeout: 20_000, interval: 50 };
const BUILT_HERE = fileURLToPath(new URL("../../.opencv/node_modules", import.meta.url));
const OPENCV = `${process.env.GLASSLINK_OPENCV ?? BUILT_HERE}/opencv4nodejs/build/Release/opencv4nodejs.node`;

describe.each([
  { kind: "ffplay", peers: ["ffplay"] },
  { kind: "opencv", peers: [OPENCV] },
])("the example's window", ({ kind, peers }) => {
  describeWithPeers(`made by ${kind}`, [...XVFB_PROGRAMS, "pgrep", ...peers], () => {
    let screen: Xvfb;
    let sender: Sender;
    let example: RunningExample;

    const picture = async (): Promise<Screenshot> => {
      const shot = await screen.windowPicture(TITLE);
      if (!shot) throw new Error(`no window: ${example.output()}`);
      return shot;
    };
    const frameNumber = async (): Promise<number> => {
      const { pixels, width, height } = await picture();
      const number = readFrameCounter(pixels, width, height);
      if (number === undefined) throw new Error(`no frame number in ${width}x${height} pixels`);
      return number;
    };
    const start = (): RunningExample =>
      runExample(
        [sender.outputs[0]?.url.replace("//:", "//127.0.0.1:") as string, "--window", kind],
        screen.environment,
      );

    beforeAll(async () => {
      screen = await startXvfb();
      sender = new Sender({ camera: { kind: "pattern" }, outputs: ["tcp://127.0.0.1:0"] });
      await sender.ready;
      example = start();
    });
    afterAll(async () => {
      await example?.[Symbol.asyncDispose]();
      await sender?.close();
      await screen?.[Symbol.asyncDispose]();
    });

    it("has the stream's size and the test picture's colours", async () => {
      const shot = await vi.waitFor(async () => {
        await frameNumber();
        return picture();
      }, PATIENCE);
      expect([shot.width, shot.height]).toEqual([640, 480]);
      const stripes = Array.from({ length: 6 }, (_, stripe) => commonestColor(shot, (stripe * 640) / 6));
      expect(stripes).toEqual(["red", "green", "yellow", "blue", "magenta", "cyan"]);
    });

    it("shows ever newer frames", async () => {
      const first = await vi.waitFor(frameNumber, PATIENCE);
      await vi.waitFor(async () => expect(await frameNumber()).toBeGreaterThan(first + 30), PATIENCE);
    });

    it("takes the new size when the stream's picture gets smaller", async () => {
      const url = sender.outputs[0]?.url as string;
      await sender.close();
      sender = new Sender({ camera: { kind: "pattern", width: 320, height: 240 }, outputs: [url] });
      await vi.waitFor(async () => {
        await frameNumber();
        const { width, height } = await picture();
        expect([width, height]).toEqual([320, 240]);
      }, PATIENCE);
    });

    it("comes with frames a second and latency", async () => {
      await vi.waitFor(
        () => expect(example.output()).toMatch(/^\d+ fps, latency \d+ ms, decoding \d+\.\d ms$/m),
        PATIENCE,
      );
    });

    it("ends the program with code 0 and leaves no child when q is pressed in it", async () => {
      const children = await example.children();
      expect(children).not.toEqual([]);
      await screen.press(TITLE, "q");
      expect(await example.exited).toBe(0);
      expect(children.filter(isRunning)).toEqual([]);
    });

    it("ends with code 0 and leaves no child on Ctrl-C", async () => {
      await using second = start();
      example = second;
      await vi.waitFor(frameNumber, PATIENCE);
      const children = await second.children();
      second.interrupt();
      expect(await second.exited).toBe(0);
      expect(children.filter(isRunning)).toEqual([]);
    });
  });
});

/** The colour that most pixels of the stripe from `left` on have, whatever moves in front of it. */
function commonestColor(shot: Screenshot, left: number): string | undefined {
  const names = ["black", "blue", "green", "cyan", "red", "magenta", "yellow", "white"];
  const counts = names.map(() => 0);
  for (let y = 20; y < shot.height; y += 5) {
    for (let x = Math.ceil(left) + 5; x < left + 100; x += 5) {
      const index = colorAt(shot, x, y).reduce((bits, level) => bits * 2 + (level > 128 ? 1 : 0), 0);
      counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return names[counts.indexOf(Math.max(...counts))];
}

describe("the example without a window", () => {
  const url = "tcp://127.0.0.1:8000";
  it.each([
    { why: "no URL", args: [], said: /^one URL is needed$/m },
    {
      why: "an unknown window",
      args: [url, "--window", "vlc"],
      said: /^--window vlc: allowed are opencv and ffplay$/m,
    },
    { why: "no display", args: [url], said: /^there is no display .*DISPLAY is not set.*$/m },
    { why: "a port that cannot be", args: ["tcp://127.0.0.1:99999"], said: /99999/ },
    {
      why: "no OpenCV",
      args: [url, "--window", "opencv"],
      environment: { DISPLAY: ":0", GLASSLINK_OPENCV: "/nowhere" },
      said: /^OpenCV is not installed; build it with: npm run build:opencv$/m,
    },
  ])("says why and exits with 1: $why", async ({ args, environment, said }) => {
    await using example = runExample(args, environment ?? { DISPLAY: "", WAYLAND_DISPLAY: "" });
    expect(await example.exited).toBe(1);
    expect(example.output()).toMatch(said);
  });
});
