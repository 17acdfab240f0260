import { afterEach, describe, expect, it } from "vitest";
import type { FramePair } from "../../lib/frame-pairs.js";
import { pairFrames } from "../../lib/pair-frames.js";
import { Receiver } from "../../lib/receiver.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Sender } from "../../server/index.js";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((open) => open.close()));
});

async function sender(outputs: number): Promise<string[]> {
  const camera = { kind: "pattern", width: 320, height: 240, fps: 10 } as const;
  const made = new Sender({ camera, outputs: Array.from({ length: outputs }, () => "tcp://127.0.0.1:0") });
  opened.push(made);
  await made.ready;
  return made.outputs.map(({ url }) => url);
}

function receiver(url: string | undefined): Receiver {
  const made = new Receiver(`${url}`);
  opened.push(made);
  return made;
}

const numberIn = ({ data, width, height }: FramePair["left"]): number =>
  readFrameCounter(data, width, height) ?? expect.unreachable("no frame number in the picture");

describe("pairFrames with receivers", () => {
  it("puts the same picture beside itself where both come from one camera", async () => {
    const [left, right] = await sender(2);
    let pairs = 0;
    for await (const pair of pairFrames(receiver(left), receiver(right), { toleranceMs: 5 })) {
      expect(pair.skewMs).toBe(0);
      expect(numberIn(pair.right)).toBe(numberIn(pair.left));
      pair.release();
      if (++pairs === 10) break;
    }
  });

  it("pairs two cameras in step, each frame with its own", async () => {
    const urls = await Promise.all([sender(1), sender(1)]);
    const [left, right] = urls.map(([url]) => receiver(url)) as [Receiver, Receiver];
    const apart: number[] = [];
    await using pairs = pairFrames(left, right, { toleranceMs: 50 });
    for await (const pair of pairs) {
      expect(pair.skewMs).toBe((pair.right.capturedAt ?? 0) - (pair.left.capturedAt ?? 0));
      expect(Math.abs(pair.skewMs)).toBeLessThanOrEqual(50);
      apart.push(numberIn(pair.right) - numberIn(pair.left));
      pair.release();
      if (apart.length === 20) break;
    }
    expect(pairs.stats()).toMatchObject({ by: "capture" });
    // The cameras began one after the other, so their numbers differ, by the same all the time; where they are half a
    // frame out of step, by one more now and then.
    const usual = apart.toSorted((one, other) => one - other)[10] as number;
    expect(apart.filter((difference) => Math.abs(difference - usual) <= 1).length).toBeGreaterThan(15);
  });
});
