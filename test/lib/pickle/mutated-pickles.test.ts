import { afterAll, beforeAll, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { readJpegPayload } from "../../../lib/pickle/read-jpeg-payload.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { PICKLED_JPEG, PYTHON_PICKLES } from "./python-pickles.js";

const RUNS = 200_000;
const TITLED = [...PYTHON_PICKLES, ["ours", pickleArray(PICKLED_JPEG)] as const];
const PICKLES = TITLED.map(([, pickle]) => pickle);
/** Opcodes of all protocols, so that what is random does not end at the first byte each time. */
const OPCODES =
  "(.02BCFGIJKLMNPQRSTUVX])abcdeghijlopqrstu}\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8c\x93\x94\x95\x96\x97";

/** Marsaglia's xorshift with 32 bits. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

// Most of the time would go into the stacks of errors that nobody reads.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** What was read, or undefined where it was refused; any other end fails the test. */
function readOrRefused(payload: Buffer): Buffer | undefined {
  try {
    return readJpegPayload(payload);
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-data") return undefined;
    throw error;
  }
}

const random = seededRandom(2_435);

/** Up to three bytes of a pickle become others, mostly such as stand in pickles. */
function mutate(pickle: Buffer): void {
  for (let left = 1 + random(3); left > 0; left--) {
    pickle[random(pickle.length)] = random(2) ? random(256) : (pickle[random(pickle.length)] as number);
  }
}

/** A piece of one pickle and a piece of another. */
function splice(first: Buffer, second: Buffer): Buffer {
  return Buffer.concat([first.subarray(0, random(first.length)), second.subarray(random(second.length))]);
}

function fillWithOpcodes(payload: Buffer): void {
  payload[0] = 0x80;
  payload[1] = 2 + random(4);
  for (let i = 2; i < payload.length; i++) {
    payload[i] = random(8) ? OPCODES.charCodeAt(random(OPCODES.length)) : random(6);
  }
}

/** The bytes where the JPEG of a pickle stands: as they are, or in UTF-8. */
function placeOf(pickle: Buffer): { start: number; end: number; encoding: "latin1" | "utf8" } {
  for (const encoding of ["latin1", "utf8"] as const) {
    const written = Buffer.from(PICKLED_JPEG.toString("latin1"), encoding);
    const start = pickle.indexOf(written);
    if (start >= 0) return { start, end: start + written.length, encoding };
  }
  throw new Error("the pickle holds no JPEG");
}

it("reads the JPEG out of a mutated pickle, or refuses it", () => {
  let read = 0;
  const memory = process.memoryUsage().arrayBuffers;
  for (const [title, original] of TITLED) {
    const { start, end, encoding } = placeOf(original);
    const pickle = Buffer.from(original);
    for (let run = 0; run < RUNS / 2 / PICKLES.length; run++) {
      original.copy(pickle);
      mutate(pickle);
      const jpeg = readOrRefused(pickle);
      if (jpeg) {
        read++;
        const expected = pickle.toString(encoding, start, end);
        const found = jpeg.toString("latin1");
        // Only arrays tell their length twice: bytes may well have become longer, and taken what does nothing.
        const isOtherLength = title.startsWith("byte") && (found.startsWith(expected) || expected.startsWith(found));
        if (found !== expected && !isOtherLength) expect(found).toBe(expected);
      }
    }
  }
  expect(read).toBeGreaterThan(RUNS / 20);
  expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(64 * 1024 * 1024);
});

it("refuses pickles put together from two, and random opcodes, or finds what begins as a JPEG in them", () => {
  const noise = Buffer.alloc(64);
  for (let run = 0; run < RUNS / 4; run++) {
    const [first, second] = [PICKLES[random(PICKLES.length)], PICKLES[random(PICKLES.length)]] as [Buffer, Buffer];
    const spliced = splice(first, second);
    fillWithOpcodes(noise);
    for (const payload of [spliced, noise]) {
      const jpeg = readOrRefused(payload);
      if (jpeg) expect([jpeg[0], jpeg[1], jpeg.length <= payload.length]).toEqual([0xff, 0xd8, true]);
    }
  }
});
