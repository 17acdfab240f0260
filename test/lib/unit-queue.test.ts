import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { UnitQueue } from "../../lib/unit-queue.js";

function unit(keyframe: boolean, bytes = 10): AccessUnit {
  return { codec: "h264", data: Buffer.alloc(bytes), keyframe, receivedAtMs: 0 };
}

function makeQueue() {
  const counts = { dropped: 0, ended: 0 };
  const queue = new UnitQueue({
    onDropped: (units) => {
      counts.dropped += units;
    },
    onEnd: () => counts.ended++,
  });
  return { queue, counts };
}

async function readAll(queue: UnitQueue): Promise<AccessUnit[]> {
  queue.end();
  const units: AccessUnit[] = [];
  for await (const next of queue) units.push(next);
  return units;
}

describe("UnitQueue", () => {
  it("begins with a keyframe and keeps the order", async () => {
    const { queue, counts } = makeQueue();
    const units = [unit(false), unit(true), unit(false), unit(false)];
    for (const next of units) queue.push(next);
    expect(await readAll(queue)).toEqual(units.slice(1));
    expect(counts.dropped).toBe(1);
  });

  it("drops to the next keyframe when its reader is too slow, and counts", async () => {
    const { queue, counts } = makeQueue();
    queue.push(unit(true));
    for (let i = 0; i < 600; i++) queue.push(unit(false));
    const keyframe = unit(true);
    queue.push(keyframe);
    expect(await readAll(queue)).toEqual([keyframe]);
    expect(counts.dropped).toBe(601);
  });

  it("holds 16 MiB at most", async () => {
    const { queue } = makeQueue();
    for (let i = 0; i < 9; i++) queue.push(unit(true, 4 * 1024 * 1024));
    const held = (await readAll(queue)).reduce((sum, next) => sum + next.data.length, 0);
    expect(held).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  it("passes over what follows a lost picture", async () => {
    const { queue } = makeQueue();
    const [first, skipped, next] = [unit(true), unit(false), unit(true)];
    queue.push(first);
    queue.broken();
    queue.push(skipped);
    queue.push(next);
    expect(await readAll(queue)).toEqual([first, next]);
  });

  it("wakes all who wait, and tells them why it ended", async () => {
    const { queue } = makeQueue();
    const waiting = [queue.next(), queue.next()];
    queue.push(unit(true));
    queue.end(new StreamError("connect-failed", "over"));
    expect((await waiting[0])?.done).toBe(false);
    await expect(waiting[1]).rejects.toMatchObject({ code: "connect-failed" });
  });

  it("wakes its reader, and tells its owner when the reader leaves", async () => {
    const { queue, counts } = makeQueue();
    const waiting = queue.next();
    const keyframe = unit(true);
    queue.push(keyframe);
    expect((await waiting).value).toBe(keyframe);
    await queue.return();
    expect(counts.ended).toBe(1);
  });
});
