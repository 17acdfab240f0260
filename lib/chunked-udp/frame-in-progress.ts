import { CHUNK_BYTES, type FrameStart, parseChunk } from "./server-message.js";

/** What a datagram that is kept costs beside its bytes. */
const OVERHEAD_BYTES = 256;

/** What became of a chunk: it is part of the frame, is there already, or cannot be part of it. */
export type ChunkFate = "taken" | "known" | "refused";

/** One frame, of which some has come. An announcement alone takes no memory, whatever it promises. */
export class FrameInProgress {
  /** 32 bits. */
  readonly id: number;
  /** When something of it came last, monotonic milliseconds. */
  lastAtMs: number;
  #start: FrameStart | undefined;
  /** Payloads by their index. */
  readonly #chunks = new Map<number, Buffer>();
  /** Chunks that came before the announcement: without it nothing tells where they belong. */
  #early: Buffer[] = [];
  #heldBytes = 0;

  constructor(id: number, atMs: number) {
    this.id = id;
    this.lastAtMs = atMs;
  }

  /** What it holds of the memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get begun(): boolean {
    return this.#start !== undefined;
  }

  /** The frame, once every byte of it has come, in a buffer of its own. */
  whole(): Buffer | undefined {
    if (!this.#start || this.#chunks.size < this.#start.chunkCount) return undefined;
    const frame = Buffer.allocUnsafe(this.#start.size);
    for (const [index, payload] of this.#chunks) payload.copy(frame, index * CHUNK_BYTES);
    return frame;
  }

  /** Whether it may be the frame of that announcement; another size is another picture. */
  fits({ frameId, size, fieldBytes }: FrameStart): boolean {
    const known = this.#start;
    return !known || (known.frameId === frameId && known.size === size && known.fieldBytes === fieldBytes);
  }

  /** Its announcement came; gives how many bytes of what had come before cannot be part of it. */
  begin(start: FrameStart): number {
    if (this.#start) return 0;
    this.#start = start;
    const early = this.#early;
    this.#early = [];
    this.#heldBytes = 0;
    const refused = early.filter((datagram) => this.add(datagram) === "refused");
    return refused.reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes a chunk with its id. */
  add(datagram: Buffer): ChunkFate {
    const start = this.#start;
    if (!start) {
      this.#early.push(datagram);
      this.#heldBytes += datagram.length + OVERHEAD_BYTES;
      return "taken";
    }
    const chunk = parseChunk(datagram, start.fieldBytes);
    if (!chunk || chunk.frameId !== start.frameId || chunk.index >= start.chunkCount) return "refused";
    const { index, payload } = chunk;
    if (payload.length !== Math.min(CHUNK_BYTES, start.size - index * CHUNK_BYTES)) return "refused";
    if (this.#chunks.has(index)) return "known";
    this.#chunks.set(index, payload);
    this.#heldBytes += datagram.length + OVERHEAD_BYTES;
    return "taken";
  }
}
