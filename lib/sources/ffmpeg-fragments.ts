import type { AccessUnit } from "../codecs/access-unit.js";
import { AnnexBAssembler } from "../codecs/annexb-assembler.js";
import { isNalCodec } from "../codecs/nal-codec.js";
import type { UnitParser } from "../codecs/unit-parser.js";
import { NutDemuxer, type NutPacket } from "../nut/demuxer.js";
import type { FfmpegReader, FfmpegReaderOptions } from "./ffmpeg-reader.js";
import { FfmpegStream } from "./ffmpeg-stream.js";
import { IdleFlush } from "./idle-flush.js";

/** A NAL unit's first piece is longer by its start code and its header. */
const MOST_HEAD_BYTES = 6;

/**
 * Reads NUT packets that hold pieces of NAL units, one an RTP packet. They make a byte stream, in which a picture ends
 * when the next one begins, or when the bytes stop after a piece that can be a NAL unit's last.
 */
export class FragmentReader implements FfmpegReader {
  readonly #options: FfmpegReaderOptions;
  readonly #demuxer: NutDemuxer;
  #stream: FfmpegStream | undefined;
  #flush: IdleFlush | undefined;
  /** Of the first fragment since the last unit. */
  #mediaTimeMs: number | undefined;

  constructor(options: FfmpegReaderOptions) {
    this.#options = options;
    this.#demuxer = new NutDemuxer({
      stream: (description) => this.#describe(new FfmpegStream(description)),
      packet: (packet) => this.#packet(packet),
    });
  }

  push(chunk: Buffer): void {
    this.#demuxer.push(chunk);
  }

  close(): void {
    this.#flush?.close();
  }

  #describe(stream: FfmpegStream): void {
    const { clock, sink, onStarted, onUnsuited } = this.#options;
    const isFirst = this.#stream === undefined;
    this.#stream = stream;
    if (!isFirst) return;
    if (isNalCodec(stream.codec)) {
      const assembler = new AnnexBAssembler({
        codec: stream.codec,
        sink: {
          unit: (unit) => this.#unit(unit),
          lost: (count) => sink.lost(count),
          discarded: (bytes) => sink.discarded(bytes),
        },
      });
      this.#flush = new IdleFlush({ parser: new FragmentParser(assembler), clock, pieces: true });
    } else if (stream.codec !== "mjpeg") {
      // Fragments of other formats do not tell where a picture begins; of JPEG only whole pictures come.
      return onUnsuited();
    }
    onStarted(stream.description);
  }

  #packet(packet: NutPacket): void {
    const { sink, clock } = this.#options;
    if (this.#flush === undefined) {
      const unit = this.#stream?.codec === "mjpeg" ? this.#stream.unit(packet, clock.now()) : undefined;
      if (unit !== undefined && unit !== "damaged") sink.unit(unit);
      return;
    }
    this.#mediaTimeMs ??= packet.ptsMs;
    this.#flush.bytes(packet.data);
    // A unit that this fragment ended by beginning the next one took the older time with it.
    this.#mediaTimeMs ??= packet.ptsMs;
  }

  #unit(unit: AccessUnit): void {
    const timed = this.#mediaTimeMs === undefined ? unit : { ...unit, mediaTimeMs: this.#mediaTimeMs };
    this.#mediaTimeMs = undefined;
    this.#options.sink.unit(this.#stream?.withParameterSets(timed) ?? timed);
  }
}

/** Knows that more follows a piece of full size, however long the network pauses in the middle of a picture. */
class FragmentParser implements UnitParser {
  readonly #assembler: AnnexBAssembler;
  #fullSize = 0;
  #canEnd = false;

  constructor(assembler: AnnexBAssembler) {
    this.#assembler = assembler;
  }

  get pending(): boolean {
    return this.#canEnd && this.#assembler.pending;
  }

  get misfires(): number {
    return this.#assembler.misfires;
  }

  push(bytes: Buffer, nowMs: number): void {
    this.#canEnd = bytes.length < this.#fullSize - MOST_HEAD_BYTES;
    this.#fullSize = Math.max(this.#fullSize, bytes.length);
    this.#assembler.push(bytes, nowMs);
  }

  flush(nowMs: number): void {
    this.#assembler.flush(nowMs);
  }
}
