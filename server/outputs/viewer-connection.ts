import { BoundedWriter, type BoundedWriterOptions } from "./bounded-writer.js";

/**
 * One that has shut down its own direction may still watch, or be gone: only what is sent to it shows which. While no
 * picture comes for so long, it is taken to be gone. Longer than between two pictures at one a second.
 */
const ENDED_SILENT_MS = 2_000;
/** What is read of a viewer's own words between two looks at its progress, which come every 100 ms. */
const MAX_RECEIVED_BYTES = 64 * 1024;

/**
 * The TCP connection of somebody who watches and has nothing to say: it is written to by a {@link BoundedWriter}, what
 * the viewer says all the same is read slowly and left alone, and one that has left is let go.
 */
export class ViewerConnection {
  readonly #options: BoundedWriterOptions;
  readonly #writer: BoundedWriter;
  #pictureAtMs: number;
  #ended = false;
  #receivedBytes = 0;

  constructor(options: BoundedWriterOptions) {
    this.#options = options;
    const { socket, clock } = options;
    this.#pictureAtMs = clock.now();
    this.#writer = new BoundedWriter({ ...options, onLook: (nowMs) => this.#look(nowMs) });
    socket.on("data", (bytes) => this.#ignore(bytes.length));
    socket.on("end", () => {
      this.#ended = true;
    });
    // A viewer that goes away without a word is nothing unusual; what matters is that it is gone.
    socket.on("error", () => {});
  }

  /** As {@link BoundedWriter.full}. */
  get full(): boolean {
    return this.#writer.full;
  }

  /** A picture came for it, whether it is sent or left out: the stream goes on. */
  pictureCame(): void {
    this.#pictureAtMs = this.#options.clock.now();
  }

  /** Writes them in one go; gives how many bytes they are. */
  write(buffers: readonly Buffer[]): number {
    return this.#writer.write(buffers);
  }

  #look(nowMs: number): void {
    const { socket, onLook } = this.#options;
    // Its end comes behind everything that it said.
    this.#receivedBytes = 0;
    if (socket.isPaused()) socket.resume();
    if (this.#ended && this.#writer.empty && nowMs - this.#pictureAtMs >= ENDED_SILENT_MS) socket.destroy();
    else onLook?.(nowMs);
  }

  /** A viewer that talks is not read faster than this. */
  #ignore(bytes: number): void {
    this.#receivedBytes += bytes;
    if (this.#receivedBytes > MAX_RECEIVED_BYTES) this.#options.socket.pause();
  }
}
