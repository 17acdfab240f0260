import type { Readable } from "node:stream";
import { expect } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";

/** Shape of the pictures that a peer is sent, or sends. */
export const PICTURE = { width: 320, height: 240, fps: 30, gop: 15 } as const;
const { width, height, gop } = PICTURE;

/** Pictures of equal size from a pipe, one after another. */
export async function* readPictures(pipe: Readable, bytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of pipe) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (; rest.length >= bytes; rest = rest.subarray(bytes)) yield rest.subarray(0, bytes);
  }
}

/**
 * The numbers of the pictures that a program writes to its stdout, from the first keyframe on; undefined stands for one
 * that cannot be read. `channels`: bytes a pixel; 1.5 for yuv420p.
 */
export async function* pictureNumbers(peer: ChildProcess, channels = 3): AsyncGenerator<number | undefined> {
  let begun = false;
  for await (const pixels of readPictures(peer.stdout, width * height * channels)) {
    const number = readFrameCounter(pixels, width, height, Math.floor(channels));
    // Who joins in the middle of a group of pictures has nothing that its first pictures refer to.
    begun ||= number !== undefined && number % gop === 0;
    if (begun) yield number;
  }
  throw peer.failure(await peer.exited);
}

/** The first so many of them. */
export async function firstNumbers(peer: ChildProcess, count: number, channels = 3): Promise<(number | undefined)[]> {
  const numbers: (number | undefined)[] = [];
  for await (const number of pictureNumbers(peer, channels)) if (numbers.push(number) === count) break;
  return numbers;
}

/** Every picture is there and can be read: each number is one more than the one before, from 0 again after `length`. */
export function expectEveryNumber(numbers: readonly (number | undefined)[], length: number): void {
  const first = numbers[0] as number;
  expect(numbers).toEqual(numbers.map((_, index) => (first + index) % length));
}
