import { MultipartReader, type Part } from "./multipart-reader.js";
import type { Player, PlayerOptions } from "./player.js";

/**
 * JPEG pictures over HTTP. The page reads the stream itself, unlike an `<img>`, so that it knows how old each picture is
 * and when there are none. While one is decoded the newest waits, and what it replaces is dropped.
 */
export class MjpegPlayer implements Player {
  readonly transport = "mjpeg";
  dropped = 0;
  readonly #options: PlayerOptions;
  readonly #abort = new AbortController();
  #waiting: Part | undefined;
  #isDecoding = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#run().then(
      () => this.#end("the server ended the stream"),
      (error: Error) => this.#end(error.message),
    );
  }

  close(): void {
    this.#abort.abort();
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const address = `/stream.mjpg?camera=${encodeURIComponent(this.#options.camera.id)}`;
    const response = await fetch(address, { signal, cache: "no-store" });
    if (!response.ok || !response.body) throw new Error((await response.text()).trim() || `status ${response.status}`);
    const parts = new MultipartReader();
    const pieces = response.body.getReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      for (const part of parts.push(piece.value)) this.#take(part);
    }
  }

  #take(part: Part): void {
    if (this.#waiting) this.dropped++;
    this.#waiting = part;
    if (!this.#isDecoding) void this.#decode();
  }

  async #decode(): Promise<void> {
    this.#isDecoding = true;
    for (let part = this.#next(); part; part = this.#next()) {
      const image = await createImageBitmap(new Blob([part.body], { type: "image/jpeg" })).catch(() => undefined);
      if (!image) this.dropped++;
      else if (!this.#abort.signal.aborted) this.#show(image, part);
      image?.close();
    }
    this.#isDecoding = false;
  }

  #next(): Part | undefined {
    const part = this.#waiting;
    this.#waiting = undefined;
    return part;
  }

  #show(image: ImageBitmap, { headers }: Part): void {
    const { onPicture, isCaptureTimeKnown } = this.#options;
    const { width, height } = image;
    const seconds = Number(headers.get("x-timestamp") ?? Number.NaN);
    // Where nothing tells when it was taken, the server writes when it came.
    const isKnown = isCaptureTimeKnown() && Number.isFinite(seconds);
    onPicture({ image, width, height, capturedAtMs: isKnown ? seconds * 1_000 : null });
  }

  #end(reason: string): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#options.onEnd(reason);
  }
}
