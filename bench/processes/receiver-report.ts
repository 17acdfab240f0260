/** A frame's number, and when it was there, in milliseconds of the monotonic clock. */
export type Seen = [counter: number, atMs: number];

/** What a receiver of any kind tells at its end; the Python ones write the first three. */
export interface ReceiverReport {
  /** When it began: construction, or the start of the program. Monotonic milliseconds. */
  startedAtMs: number;
  frames: Seen[];
  /** Why there are no frames. */
  failure?: string;
  /** Of our own receiver only. */
  own?: OwnReport;
}

/** What our own receiver tells beyond the frames. */
export interface OwnReport {
  stats: { units: number; frames: number; dropped: number; lost: number; restarts: Record<string, number> };
  /** Every decoder that was in use when frames began, or began again, to flow. */
  decoderPids: (number | null)[];
  /** From one second after the first frame to the end. */
  processorMs: { node: number; decoder: number | undefined; frames: number };
  /** In megabytes, resident set of the process: after the first second, largest, and at the end. */
  memory: { first: number; most: number; last: number };
}
