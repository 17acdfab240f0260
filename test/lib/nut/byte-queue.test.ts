import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteQueue } from "../../../lib/nut/byte-queue.js";

describe("ByteQueue", () => {
  it("gives out what went in, however it is cut", () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(chunks, fc.array(fc.nat({ max: 30 })), (pushed, reads) => {
        const queue = new ByteQueue();
        for (const chunk of pushed) queue.push(Buffer.from(chunk));
        let left = Buffer.concat(pushed);
        for (const wanted of reads) {
          const count = Math.min(wanted, left.length);
          expect(queue.length).toBe(left.length);
          expect(queue.peek(wanted)).toEqual(left.subarray(0, count));
          expect(queue.read(count)).toEqual(left.subarray(0, count));
          left = left.subarray(count);
        }
      }),
    );
  });

  it("copies nothing that lies in one chunk", () => {
    const queue = new ByteQueue();
    const chunk = Buffer.from("abcdef");
    queue.push(chunk);
    queue.skip(1);
    expect(queue.read(3).buffer).toBe(chunk.buffer);
  });
});
