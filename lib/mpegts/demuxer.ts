import type { UnitParser } from "../codecs/unit-parser.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { CounterUnroller } from "../rtp/counter-unroller.js";
import { parseTsPacket, TS_PACKET_BYTES, tsPid } from "./packet.js";
import { PacketSync } from "./packet-sync.js";
import { PesReader } from "./pes-reader.js";
import { PictureSplitter } from "./picture-splitter.js";
import { parsePat, parsePmt, type VideoStream } from "./program-tables.js";
import { SectionReader } from "./section-reader.js";

const DEFAULTS = { maxUnitBytes: 8 * 1024 * 1024 };
const PAT_PID = 0;
const PTS_BITS = 33;
const PTS_TICKS_PER_MS = 90;

/** How a {@link TsDemuxer} is made. */
export interface TsDemuxerOptions {
  sink: UnitSink;
  /** An access unit of more bytes than this counts as lost; default 8 MiB. */
  maxUnitBytes?: number;
}

interface Video extends VideoStream {
  pes: PesReader;
  pictures: PictureSplitter;
}

/**
 * MPEG-TS to access units: the first H.264 or H.265 stream of the first program, from bytes in any chunking. Follows
 * changes of the program tables, finds packets again after noise, and counts what a gap damaged as lost.
 *
 * @see ITU-T H.222.0
 */
export class TsDemuxer implements UnitParser {
  readonly #options: TsDemuxerOptions & typeof DEFAULTS;
  readonly #sync: PacketSync;
  readonly #pat = new SectionReader((section) => this.#readPat(section));
  #pmt: SectionReader | undefined;
  #pmtPid: number | undefined;
  #video: Video | undefined;
  #pastMisfires = 0;
  #nowMs = 0;

  constructor(options: TsDemuxerOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#sync = new PacketSync({
      packet: (packet) => this.#take(packet),
      discarded: (bytes) => options.sink.discarded(bytes),
    });
  }

  get pending(): boolean {
    return this.#video !== undefined && (this.#video.pes.pending || this.#video.pictures.pending);
  }

  get misfires(): number {
    const video = this.#video;
    return this.#pastMisfires + (video ? video.pes.misfires + video.pictures.misfires : 0);
  }

  push(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#sync.push(bytes);
  }

  flush(): void {
    this.#video?.pes.flush();
    this.#video?.pictures.flush();
  }

  /** The transport knows that bytes are missing before the next ones. */
  gap(): void {
    this.#video?.pes.gap();
  }

  #take(bytes: Buffer): void {
    const pid = tsPid(bytes);
    if (pid !== PAT_PID && pid !== this.#pmtPid && pid !== this.#video?.pid) return;
    const packet = parseTsPacket(bytes);
    if (!packet) {
      this.#options.sink.discarded(TS_PACKET_BYTES);
      if (pid === this.#video?.pid) this.gap();
    } else if (pid === PAT_PID) this.#pat.push(packet);
    else if (pid === this.#pmtPid) this.#pmt?.push(packet);
    else this.#video?.pes.push(packet, this.#nowMs);
  }

  #readPat(section: Buffer): void {
    const pid = parsePat(section);
    if (pid === undefined || pid === this.#pmtPid) return;
    this.#pmtPid = pid;
    this.#pmt = new SectionReader((pmt) => this.#readPmt(pmt));
  }

  #readPmt(section: Buffer): void {
    const stream = parsePmt(section);
    if (stream === undefined) return;
    const video = this.#video;
    if (stream && video && stream.pid === video.pid && stream.codec === video.codec) return;
    this.flush();
    this.#pastMisfires = this.misfires;
    this.#video = stream ? this.#openVideo(stream) : undefined;
  }

  #openVideo(stream: VideoStream): Video {
    const { sink, maxUnitBytes } = this.#options;
    const unroller = new CounterUnroller(PTS_BITS);
    const pictures = new PictureSplitter({ codec: stream.codec, maxUnitBytes, sink });
    const pes = new PesReader({
      maxBytes: maxUnitBytes,
      sink: {
        pes: (payload, pts, receivedAtMs) => {
          const mediaTimeMs = pts === undefined ? undefined : unroller.unroll(pts) / PTS_TICKS_PER_MS;
          pictures.push(payload, { mediaTimeMs, receivedAtMs });
        },
        broken: () => pictures.broken(),
        discarded: (bytes) => sink.discarded(bytes),
      },
    });
    return { ...stream, pes, pictures };
  }
}
