import { FrameInProgress } from "./frame-in-progress.js";
import {
  CHUNK_BYTES,
  type FieldBytes,
  type FrameStart,
  isChunk,
  MAX_FRAME_BYTES,
  parseChunk,
  parseFrameStart,
  shortFrameId,
} from "./server-message.js";

/** No datagram is so late: a frame of which nothing came for so long is lost, and old numbers are a new server's. */
const LATE_MS = 1_000;
const MOST_FRAMES = 8;
const MOST_BYTES: number = 2 * MAX_FRAME_BYTES;
/** Numbers that jump further are those of a new server; what was between is not lost. */
const WIDEST_GAP = 10_000;

/** Where a {@link FrameAssembler} puts what it makes. */
export interface FrameSink {
  /** A whole frame, in a buffer of its own. */
  frame(frame: Buffer): void;
  /** Frames that did not arrive whole, or not at all. */
  lost(count: number): void;
  /** Bytes of datagrams that contradict themselves or their frame. */
  discarded(bytes: number): void;
  /** The server began to count anew. */
  restarted(): void;
}

/**
 * Makes frames of the datagrams of one server, which may come in any order, more than once, or not at all. A frame is
 * given when its last missing chunk is there, and never after a newer one. Where its announcement is missing, a short
 * last chunk tells as much. What is held is bounded: 8 frames, and twice the largest one in bytes.
 */
export class FrameAssembler {
  readonly #sink: FrameSink;
  readonly #open = new Map<number, FrameInProgress>();
  /** Of the last frame that was given. */
  #lastId: number | undefined;
  /** Lost since then, and counted. */
  #givenUp = 0;
  /** When something of a frame in time came. */
  #aliveAtMs = Number.NEGATIVE_INFINITY;
  #fieldBytes: FieldBytes | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** What the frames that have begun hold of the memory. */
  get heldBytes(): number {
    let sum = 0;
    for (const frame of this.#open.values()) sum += frame.heldBytes;
    return sum;
  }

  /** Takes an announcement or a chunk. */
  take(datagram: Buffer, nowMs: number): void {
    if (isChunk(datagram)) return this.#chunk(datagram, nowMs);
    const start = parseFrameStart(datagram);
    if (start) this.#start(start, nowMs);
    else this.#sink.discarded(datagram.length);
  }

  /** Gives up frames of which nothing came for a second; to be called now and then. */
  expire(nowMs: number): void {
    for (const frame of [...this.#open.values()]) if (nowMs - frame.lastAtMs >= LATE_MS) this.#giveUp(frame);
  }

  #chunk(datagram: Buffer, nowMs: number): void {
    const frame = this.#frameOf(shortFrameId(datagram), nowMs);
    if (!frame) return;
    const implied = frame.begun ? undefined : this.#impliedStart(datagram);
    if (implied) this.#announced(frame, implied);
    if (frame.add(datagram) === "refused") this.#sink.discarded(datagram.length);
    this.#makeRoom();
    this.#finishIfWhole(frame);
  }

  #start(start: FrameStart, nowMs: number): void {
    const id = start.frameId >>> 0;
    let frame = this.#frameOf(id, nowMs);
    if (!frame) return;
    if (!frame.fits(start)) {
      this.#drop(frame);
      this.#sink.lost(1);
      frame = this.#begin(id, nowMs);
    }
    this.#fieldBytes = start.fieldBytes;
    this.#announced(frame, start);
    this.#makeRoom();
    this.#finishIfWhole(frame);
  }

  #announced(frame: FrameInProgress, start: FrameStart): void {
    const refusedBytes = frame.begin(start);
    if (refusedBytes > 0) this.#sink.discarded(refusedBytes);
  }

  /** The open frame with this id, a new one, or undefined where it is too late for it. */
  #frameOf(id: number, nowMs: number): FrameInProgress | undefined {
    const known = this.#open.get(id);
    if (known && nowMs - known.lastAtMs >= LATE_MS) this.#giveUp(known);
    else if (!known && this.#isPast(id)) {
      if (nowMs - this.#aliveAtMs < LATE_MS) return undefined;
      this.#restart();
    }
    this.#aliveAtMs = nowMs;
    const frame = this.#open.get(id) ?? this.#begin(id, nowMs);
    frame.lastAtMs = nowMs;
    return frame;
  }

  #isPast(id: number): boolean {
    return this.#lastId !== undefined && ((id - this.#lastId) | 0) <= 0;
  }

  #begin(id: number, nowMs: number): FrameInProgress {
    const frame = new FrameInProgress(id, nowMs);
    this.#open.set(id, frame);
    return frame;
  }

  /** Only the last chunk is short: it tells the size of a frame whose announcement has not come, or never will. */
  #impliedStart(datagram: Buffer): FrameStart | undefined {
    const fieldBytes = this.#fieldBytes;
    const chunk = fieldBytes && parseChunk(datagram, fieldBytes);
    if (!chunk || chunk.payload.length === CHUNK_BYTES) return undefined;
    const size = chunk.index * CHUNK_BYTES + chunk.payload.length;
    return size > MAX_FRAME_BYTES
      ? undefined
      : { frameId: chunk.frameId, size, chunkCount: chunk.index + 1, fieldBytes };
  }

  #finishIfWhole(frame: FrameInProgress): void {
    const data = frame.whole();
    if (!data || !this.#drop(frame)) return;
    const older = [...this.#open.values()].filter(({ id }) => ((id - frame.id) | 0) < 0);
    for (const one of older) this.#drop(one);
    const gap = this.#lastId === undefined ? 0 : ((frame.id - this.#lastId) >>> 0) - 1;
    if (gap > WIDEST_GAP) this.#sink.restarted();
    const lost = this.#lastId === undefined || gap > WIDEST_GAP ? older.length : gap - this.#givenUp;
    if (lost > 0) this.#sink.lost(lost);
    this.#lastId = frame.id;
    this.#givenUp = 0;
    this.#sink.frame(data);
  }

  #giveUp(frame: FrameInProgress): void {
    this.#drop(frame);
    this.#givenUp++;
    this.#sink.lost(1);
  }

  #drop(frame: FrameInProgress): boolean {
    return this.#open.delete(frame.id);
  }

  #restart(): void {
    if (this.#open.size > 0) this.#sink.lost(this.#open.size);
    this.#open.clear();
    this.#lastId = undefined;
    this.#givenUp = 0;
    this.#sink.restarted();
  }

  /** The frame of which something came longest ago goes first. */
  #makeRoom(): void {
    while (this.#open.size > MOST_FRAMES || this.heldBytes > MOST_BYTES) {
      let oldest: FrameInProgress | undefined;
      for (const frame of this.#open.values()) if (!oldest || frame.lastAtMs < oldest.lastAtMs) oldest = frame;
      if (!oldest) return;
      this.#giveUp(oldest);
    }
  }
}
