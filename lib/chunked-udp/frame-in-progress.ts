import { CHUNK_BYTES, type FrameStart, parseChunk } from "./server-message.js";

/** What a chunk brings that waits for the announcement of its frame costs beside its bytes. */
const EARLY_OVERHEAD_BYTES = 256;

/** What became of a chunk: it is part of the frame, is there already, or cannot be part of it. */
export type ChunkFate = "taken" | "known" | "refused";

/** One frame, of which some has come. */
export class FrameInProgress {
  /** 32 bits. */
  readonly id: number;
  /** When something of it came last, monotonic milliseconds. */
  lastAtMs: number;
  #start: FrameStart | undefined;
  #data: Buffer = Buffer.alloc(0);
  #has: Uint8Array = new Uint8Array(0);
  #missing = 0;
  /** Chunks that came before the announcement: without it nothing tells where they belong. */
  #early: Buffer[] = [];
  #earlyBytes = 0;

  constructor(id: number, atMs: number) {
    this.id = id;
    this.lastAtMs = atMs;
  }

  /** What it holds of the memory, or has set aside. */
  get heldBytes(): number {
    return this.#data.length + this.#has.length + this.#earlyBytes;
  }

  get begun(): boolean {
    return this.#start !== undefined;
  }

  /** The frame, once every byte of it has come. */
  get whole(): Buffer | undefined {
    return this.#start && this.#missing === 0 ? this.#data : undefined;
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
    this.#data = Buffer.allocUnsafe(start.size);
    this.#has = new Uint8Array(start.chunkCount);
    this.#missing = start.chunkCount;
    const early = this.#early;
    this.#early = [];
    this.#earlyBytes = 0;
    const refused = early.filter((datagram) => this.add(datagram) === "refused");
    return refused.reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes a chunk with its id. */
  add(datagram: Buffer): ChunkFate {
    const start = this.#start;
    if (!start) {
      this.#early.push(datagram);
      this.#earlyBytes += datagram.length + EARLY_OVERHEAD_BYTES;
      return "taken";
    }
    const chunk = parseChunk(datagram, start.fieldBytes);
    if (!chunk || chunk.frameId !== start.frameId || chunk.index >= start.chunkCount) return "refused";
    const { index, payload } = chunk;
    const at = index * CHUNK_BYTES;
    if (payload.length !== Math.min(CHUNK_BYTES, start.size - at)) return "refused";
    if (this.#has[index]) return "known";
    payload.copy(this.#data, at);
    this.#has[index] = 1;
    this.#missing--;
    return "taken";
  }
}
