import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Sender } from "../../server/index.js";
import { describeWithPeers } from "../support/describe-with-peers.js";
import { isRunning } from "../support/is-running.js";
import { type RunningExample, runExample } from "../support/run-example.js";
import { cropScreenshot, type Screenshot } from "../support/screenshot.js";
import { startXvfb, XVFB_PROGRAMS, type Xvfb } from "../support/xvfb.js";

const TITLE = "glasslink stereo";
const SIZE = { width: 320, height: 240 };
const PATIENCE = { timeout: 40_000, interval: 50 };
// Half of what lies between two frames: each frame has a partner, however the cameras are out of step.
const TOLERANCE = ["--tolerance", "50"];
// Whatever is installed: the window is ffplay's, so that the test is the same everywhere.
const WITHOUT_OPENCV = { GLASSLINK_OPENCV: "/nowhere" };

describeWithPeers("the stereo example's window", [...XVFB_PROGRAMS, "pgrep", "ffplay"], () => {
  const senders: Sender[] = [];
  let screen: Xvfb;

  const start = (...options: string[]): RunningExample => {
    const urls = senders.map(({ outputs }) => outputs[0]?.url as string);
    return runExample([...urls, ...options], { ...screen.environment, ...WITHOUT_OPENCV }, "stereo");
  };
  const picture = async (example: RunningExample): Promise<Screenshot> => {
    const shot = await screen.windowPicture(TITLE);
    if (!shot) throw new Error(`no window: ${example.output()}`);
    return shot;
  };

  beforeAll(async () => {
    screen = await startXvfb();
    // One after the other, so that the left one's frame numbers are ahead.
    for (let index = 0; index < 2; index++) {
      const camera = { kind: "pattern", fps: 10, ...SIZE } as const;
      const sender = new Sender({ camera, outputs: ["tcp://127.0.0.1:0"] });
      senders.push(sender);
      await sender.ready;
      await vi.waitFor(() => expect(sender.stats().units).toBeGreaterThan(10), PATIENCE);
    }
  });
  afterAll(async () => {
    await Promise.all(senders.map((sender) => sender.close()));
    await screen?.[Symbol.asyncDispose]();
  });

  it("shows both side by side, prints figures, and ends with code 0 on Ctrl-C", async () => {
    await using example = start(...TOLERANCE);
    const numbers = await vi.waitFor(async () => {
      const shot = await picture(example);
      expect([shot.width, shot.height]).toEqual([2 * SIZE.width, SIZE.height]);
      return [0, SIZE.width].map((x) => numberIn(cropScreenshot(shot, { x, y: 0, ...SIZE })));
    }, PATIENCE);
    expectLeftAhead(numbers);
    await vi.waitFor(
      () =>
        expect(example.output()).toMatch(
          /^\d+ pairs, \d+\.\d ms apart by capture, \d+\.\d at most, unpaired \d+ left, \d+ right$/m,
        ),
      PATIENCE,
    );
    const children = await example.children();
    example.interrupt();
    expect(await example.exited).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
  });

  it("shows the left one's red and the right one's green and blue, and ends with code 0 on q", async () => {
    await using example = start(...TOLERANCE, "--anaglyph");
    const numbers = await vi.waitFor(async () => {
      const shot = await picture(example);
      expect([shot.width, shot.height]).toEqual([SIZE.width, SIZE.height]);
      return [0, 1, 2].map((channel) => numberIn(onlyChannel(shot, channel)));
    }, PATIENCE);
    expectLeftAhead(numbers);
    expect(numbers[2]).toBe(numbers[1]);
    await screen.press(TITLE, "q");
    expect(await example.exited).toBe(0);
  });
});

describe("the stereo example without a window", () => {
  const url = "tcp://127.0.0.1:8000";
  it.each([
    { why: "one URL", args: [url], said: /^two URLs are needed$/m },
    { why: "no display", args: [url, url], said: /^there is no display .*DISPLAY is not set.*$/m },
    {
      why: "a tolerance that is no number",
      args: [url, url, "--tolerance", "few"],
      said: /^toleranceMs = NaN: must be from 0 to 1000 milliseconds$/m,
    },
  ])("says why and exits with 1: $why", async ({ args, said }) => {
    await using example = runExample(args, { DISPLAY: "", WAYLAND_DISPLAY: "" }, "stereo");
    expect(await example.exited).toBe(1);
    expect(example.output()).toMatch(said);
  });
});

function numberIn({ pixels, width, height }: Screenshot): number {
  const number = readFrameCounter(pixels, width, height);
  if (number === undefined) throw new Error(`no frame number in ${width}x${height} pixels`);
  return number;
}

function onlyChannel({ pixels, ...size }: Screenshot, channel: number): Screenshot {
  return { ...size, pixels: Buffer.from(pixels.map((_, byte) => pixels[byte - (byte % 3) + channel] as number)) };
}

function expectLeftAhead([left, right]: (number | undefined)[]): void {
  expect(left).toBeGreaterThan(right as number);
}
