import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock } from "../../lib/clock.js";
import { Backlog } from "./backlog.js";
import { UnsentBytes, type WatchedSocket } from "./unsent-bytes.js";

const SILENT_MS = 10_000;
/** More than the largest group of pictures that a joining client is given at once. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;

/** One connection and how it is written to. */
export interface BoundedWriterOptions {
  /** Connected. */
  socket: Socket;
  clock: Clock;
  /** How old the oldest byte on the way may be, in milliseconds. */
  maxBacklogMs: number;
  /** It took nothing for 10 s and is reset now. */
  onSilent(): void;
  /** Called after each look at its progress, which come every 100 ms or so. */
  onLook?(nowMs: number): void;
}

/**
 * Writes to a TCP connection and knows how late it is, by every byte that goes through the socket, whoever wrote it.
 * It never waits, and leaves nothing out: whoever writes asks {@link full} before.
 */
export class BoundedWriter implements WatchedSocket {
  readonly socket: Socket;
  readonly #options: BoundedWriterOptions;
  readonly #backlog = new Backlog();
  #late = false;
  #arrivedBytes = 0;
  #progressAtMs: number;
  readonly #close = (): void => this.close();

  constructor(options: BoundedWriterOptions) {
    this.#options = options;
    this.socket = options.socket;
    this.#progressAtMs = options.clock.now();
    UnsentBytes.of(options.clock).add(this);
    this.socket.once("close", this.#close);
  }

  /** Whether its oldest byte on the way is older than the bound, or too much is queued: write no picture now. */
  get full(): boolean {
    return this.#late || this.socket.writableLength > MAX_QUEUED_BYTES;
  }

  /** Whether all that was written has arrived, as far as is known. */
  get empty(): boolean {
    return this.#backlog.waiting === 0;
  }

  /** Writes them in one go; gives how many bytes they are. */
  write(buffers: readonly Buffer[]): number {
    let bytes = 0;
    this.socket.cork();
    for (const buffer of buffers) {
      bytes += buffer.length;
      if (buffer.length > 0) this.socket.write(buffer);
    }
    this.socket.uncork();
    this.#count();
    return bytes;
  }

  /** Ends the watch, not the connection; idempotent. */
  close(): void {
    this.socket.off("close", this.#close);
    UnsentBytes.of(this.#options.clock).remove(this);
  }

  handedBytes(): number {
    this.#count();
    return this.#backlog.written - this.socket.writableLength;
  }

  arrived(bytes: number): void {
    const { clock, maxBacklogMs, onSilent, onLook } = this.#options;
    const nowMs = clock.now();
    this.#backlog.arrived(bytes);
    // Any change is progress: while one large write is under way, only the kernel's part of it is seen to move.
    if (bytes !== this.#arrivedBytes || this.empty) this.#progressAtMs = nowMs;
    this.#arrivedBytes = bytes;
    this.#late = this.#backlog.ageMs(nowMs) > maxBacklogMs;
    if (nowMs - this.#progressAtMs < SILENT_MS) return onLook?.(nowMs);
    onSilent();
    // Node.js cannot reset a connection with TLS on it.
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  #count(): void {
    const more = this.socket.bytesWritten - this.#backlog.written;
    if (more > 0) this.#backlog.wrote(more, this.#options.clock.now());
  }
}
