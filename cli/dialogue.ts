import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { StreamError } from "../lib/errors.js";

/** Where questions are asked and answered. */
export interface DialogueOptions {
  input: Readable;
  output: Writable;
  /** Ends the wait for an answer. */
  signal: AbortSignal;
}

/**
 * Questions on a terminal, a line each. The terminal stays as it is, so that it edits lines itself and its Ctrl-C is a
 * signal as ever. Lines that are pasted are kept for the questions to come.
 */
export class Dialogue implements Disposable {
  readonly #options: DialogueOptions;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(options: DialogueOptions) {
    this.#options = options;
    this.#reader = createInterface({ input: options.input, terminal: false });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    options.signal.addEventListener("abort", this.#close, { once: true });
  }

  /** Writes lines. */
  say(...lines: string[]): void {
    for (const line of lines) this.#options.output.write(`${line}\n`);
  }

  /**
   * Asks until there is an answer that `read` takes.
   * @param fallback what an empty line stands for
   * @param read throws a StreamError, which says what is allowed, for a wrong answer
   * @throws StreamError `closed` where the input ends; the signal's reason
   */
  async ask<Answer>(question: string, fallback: string, read: (answer: string) => Answer): Promise<Answer> {
    const { output, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      output.write(`${question} [${fallback}]: `);
      const { done, value } = await this.#lines.next();
      if (done) {
        output.write("\n");
        signal.throwIfAborted();
        throw new StreamError("closed", "the input ended before the last question was answered; nothing is sent");
      }
      try {
        return read(value.trim() || fallback);
      } catch (error) {
        if (!(error instanceof StreamError)) throw error;
        this.say(`  ${error.message}`);
      }
    }
  }

  /** The input is free for others. */
  [Symbol.dispose](): void {
    this.#options.signal.removeEventListener("abort", this.#close);
    this.#close();
  }

  readonly #close = (): void => this.#reader.close();
}
