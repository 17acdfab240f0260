import { z } from "zod";
import { FramePairs, type FrameSource } from "./frame-pairs.js";
import { invalidOption } from "./invalid-option.js";

/** Just under half of what lies between two frames at 30 a second: each frame has one partner within it then. */
const DEFAULT_TOLERANCE_MS = 16;

/** How frames are paired. */
export interface PairFramesOptions {
  /** How far apart in time the frames of a pair may be, in milliseconds. Default 16. */
  toleranceMs?: number;
  /** Ends the pairs when it aborts. */
  signal?: AbortSignal;
}

const MOST_TOLERANCE_MS = 1_000;
const ALLOWED = `must be from 0 to ${MOST_TOLERANCE_MS} milliseconds`;

const schema = z.strictObject({
  toleranceMs: z.number(ALLOWED).min(0, ALLOWED).max(MOST_TOLERANCE_MS, ALLOWED).default(DEFAULT_TOLERANCE_MS),
  signal: z.instanceof(AbortSignal).optional(),
});

/**
 * Frames of two receivers that were taken at the same time, from now on: by their capture times where both streams tell
 * them, else by their arrival. Whoever gets a pair owns both frames. The receivers stay yours to close.
 *
 * @throws StreamError `invalid-option`
 * @example
 * for await (const { left, right, skewMs } of pairFrames(leftReceiver, rightReceiver, { toleranceMs: 5 })) {
 *   console.log(left.data.length, right.data.length, skewMs);
 * }
 */
export function pairFrames(left: FrameSource, right: FrameSource, options: PairFramesOptions = {}): FramePairs {
  const result = schema.safeParse(options);
  if (!result.success) throw invalidOption(result.error, options);
  return new FramePairs({ left, right }, result.data);
}
