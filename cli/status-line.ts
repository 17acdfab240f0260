import type { WriteStream } from "node:tty";

/** Terminals need no more, and slow ones cannot take more. */
const INTERVAL_MS = 100;
const TO_START_AND_ERASE = "\r\u001b[2K";

/** One line of progress that is rewritten in place; nothing at all where the stream is no terminal. */
export class StatusLine implements Disposable {
  readonly #stream: WriteStream;
  #shown = false;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** Shows `text` in place of what is there, cut to the terminal's width; not more often than ten times a second. */
  show(text: string): void {
    const nowMs = performance.now();
    if (!this.#stream.isTTY || nowMs - this.#shownAtMs < INTERVAL_MS) return;
    this.#shownAtMs = nowMs;
    this.#shown = true;
    this.#stream.write(TO_START_AND_ERASE + text.slice(0, this.#stream.columns - 1));
  }

  /** Removes the line, so that other text can be written. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write(TO_START_AND_ERASE);
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
