import type { Readable } from "node:stream";
import { type ChildProcess, startChildProcess } from "../child-process.js";
import type { Clock } from "../clock.js";
import type { AccessUnit, Codec } from "../codecs/access-unit.js";
import type { StreamError } from "../errors.js";
import { frameBytes } from "../frame.js";
import { decoderArguments, OUTPUT_SIZE_LINE, TIMESTAMP_LINE } from "./decoder-arguments.js";
import { FramePool } from "./frame-pool.js";
import { FrameReader } from "./frame-reader.js";
import type { PendingUnit, PendingUnits } from "./pending-units.js";
import type { PictureOptions } from "./picture-options.js";
import { openSocketPair, type SocketPair } from "./socket-pair.js";
import { type UnitDetails, UnitFeed } from "./unit-feed.js";

/** A picture as it comes out of the decoder. */
export interface DecodedPicture extends PendingUnit {
  data: Buffer;
  width: number;
  height: number;
  /** Where `data` goes back to when nobody needs it. */
  pool: FramePool;
  decodedAtMs: number;
}

/** How a decoder child is started. */
export interface DecoderProcessOptions {
  ffmpegPath: string;
  codec: Codec;
  hwaccel: string;
  picture: PictureOptions;
  clock: Clock;
  /** Called for every picture, in display order. */
  onPicture: (picture: DecodedPicture) => void;
  /** Whether the child can inherit pipes beyond stderr; Windows cannot. */
  inheritsPipes?: boolean;
}

/** One ffmpeg that decodes: access units in, pictures out, until it is ended or dies. */
export class DecoderProcess {
  /** Resolves when the child is gone: with what went wrong, unless it was asked to end. */
  readonly exited: Promise<StreamError | undefined>;
  readonly codec: Codec;
  readonly hwaccel: string;
  #pictures = 0;
  #asked = false;
  #pool: FramePool | undefined;
  #size = { width: 0, height: 0 };
  readonly #options: DecoderProcessOptions;
  readonly #child: ChildProcess;
  readonly #feed: UnitFeed;
  readonly #abort = new AbortController();
  readonly #reader: FrameReader;
  readonly #timestamps: number[] = [];
  readonly #frames: Buffer[] = [];
  readonly #pixels: Readable;

  /** Starts a child; it takes access units at once, while ffmpeg is still loading. */
  static async start(options: DecoderProcessOptions): Promise<DecoderProcess> {
    if (!(options.inheritsPipes ?? process.platform !== "win32")) return new DecoderProcess(options);
    let decoder: DecoderProcess | undefined;
    const reader = new FrameReader((data) => {
      if (decoder) decoder.#frame(data);
    });
    const pair = await openSocketPair({
      buffer: () => reader.target(),
      callback: (bytes, target) => {
        reader.wrote(target, bytes);
        // Reading stops until the frames' size is known; `#stderrLine` resumes it.
        return reader.started;
      },
    });
    decoder = new DecoderProcess(options, { ...pair, reader });
    return decoder;
  }

  private constructor(options: DecoderProcessOptions, pair?: SocketPair & { reader: FrameReader }) {
    this.#options = options;
    this.codec = options.codec;
    this.hwaccel = options.hwaccel;
    this.#reader = pair?.reader ?? new FrameReader((data) => this.#frame(data));
    this.#child = startChildProcess({
      command: options.ffmpegPath,
      args: decoderArguments({ ...options, timestamps: pair ? "fd3" : "stderr" }),
      signal: this.#abort.signal,
      extraPipes: pair ? 1 : 0,
      onStderrLine: (line) => this.#stderrLine(line, pair === undefined),
      ...(pair && { stdout: pair.far }),
    });
    pair?.far.destroy();
    this.#feed = new UnitFeed(this.#child.stdin, options.clock);
    this.#pixels = pair?.near ?? this.#child.stdout;
    this.#pixels.on("error", () => {});
    if (!pair) this.#pixels.on("data", (chunk: Buffer) => this.#pixelChunk(chunk));
    const timestamps = this.#child.extra[0];
    if (timestamps) readLines(timestamps, (line) => this.#timestampLine(line));
    // The last pixels may still wait in our socket when the child is gone.
    const drained = pair && new Promise((resolve) => pair.near.once("close", resolve));
    this.exited = this.#child.exited.then(async (exit) => {
      if (!this.#reader.started) pair?.near.destroy();
      await drained;
      return this.#asked ? undefined : this.#child.failure(exit);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Pictures that came out so far. */
  get pictures(): number {
    return this.#pictures;
  }

  /** Units that went in and whose pictures are not out. */
  get pending(): PendingUnits {
    return this.#feed.pending;
  }

  /** Whether it was given anything to decode. */
  get fed(): boolean {
    return this.#feed.begun;
  }

  /** Bytes that wait in front of the child. */
  get queuedBytes(): number {
    return this.#feed.queuedBytes;
  }

  /** Takes a unit; the first one tells the child what follows, and must be a keyframe. */
  decode(unit: AccessUnit, details: UnitDetails): void {
    this.#feed.write(unit, details);
  }

  /** No more units: the child hands out what it holds and ends. */
  end(): void {
    this.#asked = true;
    this.#child.stdin.end();
  }

  /** Ends the child now; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#asked = true;
    // It holds nothing that must be saved, and a stopped or hung one listens to no other signal.
    this.#child.kill();
    await this.exited;
  }

  #pixelChunk(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (!this.#reader.started) this.#pixels.pause();
  }

  #stderrLine(line: string, withTimestamps: boolean): void {
    if (withTimestamps) this.#timestampLine(line);
    if (this.#reader.started) return;
    const size = OUTPUT_SIZE_LINE.exec(line);
    if (!size) return;
    this.#size = { width: Number(size[1]), height: Number(size[2]) };
    const { pixelFormat } = this.#options.picture;
    this.#pool = new FramePool(frameBytes(pixelFormat, this.#size.width, this.#size.height));
    this.#reader.start(this.#pool);
    this.#pixels.resume();
  }

  #timestampLine(line: string): void {
    const timestamp = TIMESTAMP_LINE.exec(line)?.[1];
    if (timestamp === undefined) return;
    this.#timestamps.push(Number(timestamp));
    this.#emit();
  }

  #frame(data: Buffer): void {
    this.#frames.push(data);
    this.#emit();
  }

  // A picture's timestamp is printed before its pixels, but two pipes are read in any order.
  #emit(): void {
    while (this.#frames.length > 0 && this.#timestamps.length > 0 && this.#pool) {
      const data = this.#frames.shift() as Buffer;
      const unit = this.pending.take(this.#timestamps.shift() as number);
      this.#pictures++;
      if (unit) {
        const decodedAtMs = this.#options.clock.now();
        this.#options.onPicture({ ...unit, ...this.#size, data, pool: this.#pool, decodedAtMs });
      } else this.#pool.give(data);
    }
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("latin1");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}
