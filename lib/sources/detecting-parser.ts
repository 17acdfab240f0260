import { AnnexBAssembler } from "../codecs/annexb-assembler.js";
import { JpegSplitter } from "../codecs/jpeg-splitter.js";
import type { UnitParser } from "../codecs/unit-parser.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { TsDemuxer } from "../mpegts/demuxer.js";
import { RtpParser } from "../rtp/rtp-parser.js";
import { detectFormat, type StreamFormat } from "./detect-format.js";

/** Bytes of a stream that may be looked at before it must have shown what it is. */
const MOST_UNKNOWN_BYTES = 64 * 1024;

/** Packets of one stream that follow each other are no further apart. */
const MOST_RTP_STEP = 100;

/** How a {@link DetectingParser} is made. */
export interface DetectingParserOptions {
  sink: UnitSink;
  transport: "stream" | "datagram";
  /** Overrides detection. */
  format?: StreamFormat | undefined;
}

/** Finds out what comes (raw Annex B, MJPEG, MPEG-TS or RTP) and parses it from its first byte on. */
export class DetectingParser implements UnitParser {
  readonly #options: DetectingParserOptions;
  #parser: UnitParser | undefined;
  #held: Buffer = Buffer.alloc(0);

  constructor(options: DetectingParserOptions) {
    this.#options = options;
    if (options.format) this.#parser = createParser(options.format, options.sink);
  }

  get pending(): boolean {
    return this.#parser?.pending ?? false;
  }

  get misfires(): number {
    return this.#parser?.misfires ?? 0;
  }

  /** When packets that wait behind a gap are given up; undefined when none wait. */
  nextDeadlineMs(): number | undefined {
    return this.#parser?.nextDeadlineMs?.();
  }

  push(bytes: Buffer, nowMs: number): void {
    if (this.#parser) return this.#parser.push(bytes, nowMs);
    const { transport, sink } = this.#options;
    const seen = transport === "datagram" ? bytes : Buffer.concat([this.#held, bytes]);
    const format = detectFormat(seen, transport);
    if (format === "rtp" && !isSameRtp(this.#held, bytes)) {
      sink.discarded(this.#held.length);
      this.#held = bytes;
      return;
    }
    if (format) {
      this.#parser = createParser(format, sink);
      if (format === "rtp") this.#parser.push(this.#held, nowMs);
      else if (transport === "datagram") sink.discarded(this.#held.length);
      this.#held = Buffer.alloc(0);
      this.#parser.push(seen, nowMs);
      return;
    }
    if (transport === "stream" && seen.length <= MOST_UNKNOWN_BYTES) {
      this.#held = seen;
      return;
    }
    // Of datagrams only one that may be RTP is held, until the next one agrees.
    sink.discarded(transport === "datagram" ? this.#held.length + bytes.length : seen.length);
    this.#held = Buffer.alloc(0);
  }

  flush(nowMs: number): void {
    this.#parser?.flush(nowMs);
  }
}

function createParser(format: StreamFormat, sink: UnitSink): UnitParser {
  if (format === "raw") return new AnnexBAssembler({ sink });
  if (format === "mjpeg") return new JpegSplitter({ sink });
  return format === "ts" ? new TsDemuxer({ sink }) : new RtpParser({ sink });
}

/**
 * Whether two datagrams that look like RTP are of one stream: video that is joined in the middle of a picture looks like
 * RTP in one datagram of fifteen.
 * @see RFC 3550 A.1
 */
function isSameRtp(one: Buffer, other: Buffer): boolean {
  if (one.length === 0) return false;
  const step = (other.readUInt16BE(2) - one.readUInt16BE(2)) & 0xffff;
  return one.readUInt32BE(8) === other.readUInt32BE(8) && Math.min(step, 0x10000 - step) < MOST_RTP_STEP;
}
