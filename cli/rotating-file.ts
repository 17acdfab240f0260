import { createStream, type RotatingFileStream } from "rotating-file-stream";
import type { Clock, Timer } from "../lib/clock.js";
import { StreamError } from "../lib/errors.js";

/** How many files there are, the one that grows included. */
const FILES = 5;
/** Between two tries to write again. */
const RETRY_MS = 10_000;
/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 1_048_576;
const CLOSE_TIMEOUT_MS = 2_000;
/** The machine is in trouble, and the path right: the command goes on without. */
const PASSING = new Set(["ENOSPC", "EDQUOT", "EIO", "ENFILE", "EMFILE"]);

/** How a file is written. */
export interface RotatingFileOptions {
  clock: Clock;
  /** Told once when lines get lost, and once when they no longer do. */
  onTrouble(message: string): void;
  /** Of each file, in bytes. Default 10 MB. */
  sizeBytes?: number;
}

/**
 * A file of lines that grows to its size, becomes `name.1`, and begins anew; there are five of them at most. What
 * cannot be written is lost and counted, and the file is opened again later: a full disk costs lines, no memory.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #options: RotatingFileOptions;
  #stream: RotatingFileStream | undefined;
  #retry: Timer | undefined;
  #closed = false;
  #inTrouble = false;
  #lostLines = 0;

  constructor(path: string, options: RotatingFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /**
   * Opens the file; what it holds stays. On a full disk it resolves nevertheless.
   * @throws StreamError `invalid-option` when it can never be written
   */
  async open(): Promise<void> {
    const error = await this.#openStream();
    if (!error) return;
    if (PASSING.has(error.code ?? "")) return this.#failed(error);
    const reason = error.message.includes("not a file") ? "it is not a file" : error.message;
    throw new StreamError("invalid-option", `${this.#path} cannot be written: ${reason}`, { cause: error });
  }

  /** Writes a line, its end included, or loses it. */
  write(line: string): void {
    const stream = this.#stream;
    // Why it is not open was told when it failed.
    if (!stream || stream.destroyed) this.#lostLines += 1;
    else if (stream.writableLength > MAX_WAITING_BYTES) this.#lose("the disk is too slow");
    else stream.write(line, (error) => (error ? this.#lose(error.message) : this.#written()));
  }

  /** Resolves when everything is in the file, or after 2 s. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    const stream = this.#stream;
    if (!stream || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(CLOSE_TIMEOUT_MS, resolve);
      stream.end(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #openStream(): Promise<NodeJS.ErrnoException | undefined> {
    const { sizeBytes = 10_000_000 } = this.#options;
    const stream = createStream(this.#path, { size: `${sizeBytes}B`, rotate: FILES - 1, mode: 0o640 });
    this.#stream = stream;
    return new Promise((resolve) => {
      let opened = false;
      stream.once("open", () => {
        opened = true;
        resolve(undefined);
      });
      stream.on("error", (error) => (opened ? this.#failed(error) : resolve(error)));
    });
  }

  #failed(error: Error): void {
    this.#stream = undefined;
    if (this.#closed) return;
    this.#trouble(error.message);
    this.#retry = this.#options.clock.after(RETRY_MS, () => {
      void this.#openStream().then((again) => again && this.#failed(again));
    });
  }

  #lose(reason: string): void {
    this.#lostLines += 1;
    this.#trouble(reason);
  }

  #trouble(reason: string): void {
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#options.onTrouble(`${this.#path} cannot be written, lines of the log get lost: ${reason}`);
  }

  // Only a line that has arrived tells that it works: a file on a full disk can be opened, too.
  #written(): void {
    if (!this.#inTrouble) return;
    const lost = this.#lostLines;
    this.#inTrouble = false;
    this.#lostLines = 0;
    this.#options.onTrouble(`${this.#path} is written again; ${lost} lines of the log were lost`);
  }
}
