import type { Clock, Timer } from "../clock.js";
import type { UnitParser } from "../codecs/unit-parser.js";

const SHORTEST_MS = 2;
const LONGEST_MS = 500;
/** After a pause inside a unit the next ones are given this much more time than the pause took. */
const MARGIN = 2;
/** Before the link's pauses are known, a picture that is cut costs more than a few milliseconds of the first second. */
const LEARNING_UNITS = 30;
const LEARNING_MS = 10;
/** After a piece as large as any before it the picture most likely goes on. */
const AFTER_FULL_PIECE_MS = 20;
/** A sender that pauses this long between pictures has no backlog. */
const LIVE_PAUSE_MS = 8;
/** A pause counts half after this time. Not by flushes: while it counts for more than a frame there are none. */
const HALF_LIFE_MS = 2_000;

/**
 * Feeds a parser and tells it when the bytes stopped coming: the only sign of a picture's end in raw Annex B from a
 * sender that puts no delimiter behind it. It waits 2 ms, and longer (half a second at most) where the picture may go
 * on: on links that pause inside pictures, in the first second, and behind a full datagram.
 */
export class IdleFlush {
  readonly #parser: UnitParser;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #dueMs = 0;
  #lastBytesMs = 0;
  #longestPauseMs = 0;
  #longestPauseAtMs = 0;
  #largestChunk = 0;
  #lastChunk = 0;
  #chunks = 0;
  #flushes = 0;
  readonly #pieces: boolean;
  readonly #onLive: () => void;

  /**
   * `onLive` is called when bytes come after a pause that began at the end of a picture. `pieces`: the bytes come in
   * datagrams, of which a picture's last is shorter than the others.
   */
  constructor(options: { parser: UnitParser; clock: Clock; onLive?: () => void; pieces?: boolean }) {
    this.#pieces = options.pieces ?? false;
    this.#parser = options.parser;
    this.#clock = options.clock;
    this.#onLive = options.onLive ?? (() => {});
  }

  /** Bytes came. */
  bytes(chunk: Buffer): void {
    const nowMs = this.#clock.now();
    const pauseMs = nowMs - this.#lastBytesMs;
    const { pending, misfires } = this.#parser;
    this.#lastBytesMs = nowMs;
    this.#chunks++;
    this.#lastChunk = chunk.length;
    this.#largestChunk = Math.max(this.#largestChunk, chunk.length);
    // A pause such as the link makes inside pictures, or one in the middle of a NAL unit, is none of the sender's.
    const livePauseMs = Math.max(LIVE_PAUSE_MS, MARGIN * this.#expectedPauseMs);
    if (!pending && pauseMs > livePauseMs && beginsUnit(chunk)) this.#onLive();
    this.#parser.push(chunk, nowMs);
    const inside = (pending && !beginsUnit(chunk)) || this.#parser.misfires > misfires;
    if (inside) this.#learn(pauseMs, nowMs);
    if (this.#parser.pending) this.#armBy(nowMs + this.#idleMs);
  }

  /** Forgets what is held; the parser keeps its own state. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#chunks++;
  }

  get #idleMs(): number {
    const learned = !this.#pieces && this.#flushes < LEARNING_UNITS ? LEARNING_MS : SHORTEST_MS;
    const full = this.#pieces && this.#lastChunk === this.#largestChunk ? AFTER_FULL_PIECE_MS : 0;
    return Math.min(LONGEST_MS, Math.max(learned, full, MARGIN * this.#expectedPauseMs));
  }

  get #expectedPauseMs(): number {
    return this.#longestPauseMs * 0.5 ** ((this.#lastBytesMs - this.#longestPauseAtMs) / HALF_LIFE_MS);
  }

  #learn(pauseMs: number, nowMs: number): void {
    if (pauseMs < this.#expectedPauseMs) return;
    this.#longestPauseMs = pauseMs;
    this.#longestPauseAtMs = nowMs;
  }

  // A timer that comes too early looks again; only one that would come too late is replaced.
  #armBy(dueMs: number): void {
    if (this.#timer && this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.after(dueMs - this.#clock.now(), () => {
      this.#timer = undefined;
      if (!this.#parser.pending) return;
      const restMs = this.#lastBytesMs + this.#idleMs - this.#clock.now();
      if (restMs > 0) this.#armBy(this.#clock.now() + restMs);
      else this.#flushUnlessBytesWait();
    });
  }

  // Where the event loop was blocked the timer comes before the bytes that already wait in the socket: let them in first.
  #flushUnlessBytesWait(): void {
    const chunks = this.#chunks;
    setImmediate(() => {
      if (chunks !== this.#chunks) return;
      this.#flushes++;
      this.#parser.flush(this.#clock.now());
      this.#awaitDeadline();
    });
  }
  // Packets behind a gap wait for the missing one; when they are given up, the parser knows.
  #awaitDeadline(): void {
    const deadlineMs = this.#parser.nextDeadlineMs?.();
    if (deadlineMs === undefined || this.#timer) return;
    this.#timer = this.#clock.after(Math.max(1, deadlineMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#flushUnlessBytesWait();
    });
  }
}

/** Whether a chunk most likely begins something new: at a start code, a JPEG, or an MPEG-TS packet that says so. */
function beginsUnit(chunk: Buffer): boolean {
  const [first, second, third, fourth] = chunk;
  if (first === 0xff) return second === 0xd8 && third === 0xff;
  if (first === 0x47) return ((second ?? 0) & 0x40) !== 0;
  return first === 0 && second === 0 && (third === 1 || (third === 0 && fourth === 1));
}
