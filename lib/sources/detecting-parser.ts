import { AnnexBAssembler } from "../codecs/annexb-assembler.js";
import type { UnitParser } from "../codecs/unit-parser.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { TsDemuxer } from "../mpegts/demuxer.js";
import { RtpParser } from "../rtp/rtp-parser.js";
import { detectFormat, type StreamFormat } from "./detect-format.js";

/** Bytes of a stream that may be looked at before it must have shown what it is. */
const MOST_UNKNOWN_BYTES = 64 * 1024;

/** How a {@link DetectingParser} is made. */
export interface DetectingParserOptions {
  sink: UnitSink;
  transport: "stream" | "datagram";
  /** Overrides detection. */
  format?: StreamFormat | undefined;
}

/** Finds out what comes (raw Annex B, MPEG-TS or RTP) and parses it from its first byte on. */
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
    if (format) {
      this.#held = Buffer.alloc(0);
      this.#parser = createParser(format, sink);
      this.#parser.push(seen, nowMs);
      return;
    }
    if (transport === "stream" && seen.length <= MOST_UNKNOWN_BYTES) {
      this.#held = seen;
      return;
    }
    this.#held = Buffer.alloc(0);
    sink.discarded(seen.length);
  }

  flush(nowMs: number): void {
    this.#parser?.flush(nowMs);
  }
}

function createParser(format: StreamFormat, sink: UnitSink): UnitParser {
  if (format === "raw") return new AnnexBAssembler({ sink });
  return format === "ts" ? new TsDemuxer({ sink }) : new RtpParser({ sink });
}
