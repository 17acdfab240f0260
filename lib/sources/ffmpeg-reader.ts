import type { Clock } from "../clock.js";
import { NutDemuxer } from "../nut/demuxer.js";
import { DetectingParser } from "./detecting-parser.js";
import type { FfmpegOutput } from "./ffmpeg-input.js";
import { FfmpegStream } from "./ffmpeg-stream.js";
import { IdleFlush } from "./idle-flush.js";
import type { SourceSink } from "./source.js";

/** What a reader works with. */
export interface FfmpegReaderOptions {
  sink: Omit<SourceSink, "connected" | "bytes">;
  clock: Clock;
  /** Called once, when it is known what comes, with a description of it. */
  onStarted: (description: string) => void;
}

/** Takes what a child writes and makes access units of it. */
export interface FfmpegReader {
  /** @throws StreamError `invalid-data` */
  push(chunk: Buffer): void;
  /** Nothing more comes out of it. */
  close(): void;
}

/** The reader for a kind of output. */
export function createFfmpegReader(output: FfmpegOutput, options: FfmpegReaderOptions): FfmpegReader {
  return output === "bytes" ? new ByteReader(options) : readPackets(options);
}

function readPackets({ sink, clock, onStarted }: FfmpegReaderOptions): FfmpegReader {
  let stream: FfmpegStream | undefined;
  const demuxer = new NutDemuxer({
    stream(description) {
      const isFirst = stream === undefined;
      stream = new FfmpegStream(description);
      if (isFirst) onStarted(stream.description);
    },
    packet(packet) {
      const unit = stream?.unit(packet, clock.now());
      if (unit === "damaged") sink.lost(1);
      if (unit === "damaged" || unit === undefined) sink.discarded(packet.data.length);
      else sink.unit(unit);
    },
  });
  return { push: (chunk) => demuxer.push(chunk), close: () => {} };
}

/** Bytes without a container: raw H.264 or H.265, or MPEG-TS, whichever they look like. */
class ByteReader implements FfmpegReader {
  readonly #flush: IdleFlush;
  readonly #onStarted: (description: string) => void;
  #started = false;

  constructor({ sink, clock, onStarted }: FfmpegReaderOptions) {
    this.#onStarted = onStarted;
    const parser = new DetectingParser({ sink, transport: "stream" });
    this.#flush = new IdleFlush({ parser, clock, onLive: () => sink.live() });
  }

  push(chunk: Buffer): void {
    if (!this.#started) this.#onStarted("bytes");
    this.#started = true;
    this.#flush.bytes(chunk);
  }

  close(): void {
    this.#flush.close();
  }
}
