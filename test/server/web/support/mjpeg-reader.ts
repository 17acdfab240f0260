import { once } from "node:events";
import type { IncomingMessage } from "node:http";

/** A part as it stands in the stream. */
export interface MjpegPart {
  headers: Record<string, string>;
  data: Buffer;
}

/** Takes a stream of pictures apart by the lengths that it tells. */
export class MjpegReader implements Disposable {
  readonly answer: IncomingMessage;
  readonly parts: MjpegPart[] = [];
  readonly #delimiter: string;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #awaiting: { parts: number; resolve: () => void }[] = [];

  constructor(answer: IncomingMessage) {
    this.answer = answer;
    this.#delimiter = `--${/boundary=(.*)$/.exec(answer.headers["content-type"] ?? "")?.[1]}\r\n`;
    answer.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      while (this.#takePart());
      for (const { parts, resolve } of this.#awaiting) if (this.parts.length >= parts) resolve();
    });
  }

  /** Resolves with the first so many parts, once they are there. */
  async arrived(parts: number): Promise<MjpegPart[]> {
    if (this.parts.length < parts) await new Promise<void>((resolve) => this.#awaiting.push({ parts, resolve }));
    return this.parts.slice(0, parts);
  }

  /** Resolves when the connection has ended. */
  async closed(): Promise<void> {
    if (!this.answer.closed) await once(this.answer, "close");
  }

  [Symbol.dispose](): void {
    this.answer.destroy();
  }

  /** The line between two parts is taken to belong to the first: it must be there as soon as that is. */
  #takePart(): boolean {
    const begin = this.parts.length === 0 ? this.#delimiter : "";
    const headEnd = this.#bytes.indexOf("\r\n\r\n");
    if (headEnd < 0) return false;
    const head = this.#bytes.toString("latin1", begin.length, headEnd);
    const headers = Object.fromEntries(head.split("\r\n").map((line) => line.split(": ") as [string, string]));
    const start = headEnd + 4;
    const end = start + Number(headers["Content-Length"]);
    const after = `\r\n${this.#delimiter}`;
    if (this.#bytes.length < end + after.length) return false;
    if (this.#bytes.toString("latin1", end, end + after.length) !== after) throw new Error("a part without its end");
    this.parts.push({ headers, data: Buffer.from(this.#bytes.subarray(start, end)) });
    this.#bytes = this.#bytes.subarray(end + after.length);
    return true;
  }
}
