import { crc32 } from "../crc32.js";
import { StreamError } from "../errors.js";
import { ByteQueue } from "./byte-queue.js";
import { FieldReader } from "./field-reader.js";
import { type FrameHeader, LONGEST_FRAME_HEADER, type MainHeader, parseFrameHeader } from "./frame-header.js";
import { type NutStream, parseMainHeader, parseStreamHeader, type StreamHeader } from "./headers.js";
import { parseSideData } from "./side-data.js";

/** One coded picture as the container holds it. */
export interface NutPacket {
  data: Buffer;
  keyframe: boolean;
  /** Presentation time in milliseconds on the stream's own time line. */
  ptsMs: number;
}

/** Where a {@link NutDemuxer} puts what it finds. A sink must not call the demuxer back. */
export interface NutSink {
  /** The stream's description: once before the first packet, and again when the codec's configuration changes. */
  stream(stream: NutStream): void;
  packet(packet: NutPacket): void;
}

const FILE_MARK = Buffer.from("nut/multimedia container\0", "latin1");
const PACKET_MARK = "N".charCodeAt(0);
const START_CODE_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** Start code, a length and a checksum of the two. */
const LONGEST_PACKET_HEADER = START_CODE_BYTES + 10 + CHECKSUM_BYTES;
const LARGEST_CHECKED_BY_LENGTH = 4096;
const LARGEST_PACKET = 1024 * 1024;
const START_CODE = {
  main: 0x4e4d7a561f5f04adn,
  stream: 0x4e5311405bf2f9dbn,
  syncpoint: 0x4e4be4adeeca4569n,
} as const;

/**
 * Reads a NUT stream of one video stream, as ffmpeg writes it to a pipe. Every packet is passed on with its last byte.
 * A pipe loses nothing, so there is no searching for the next sync point: what does not fit is an error.
 *
 * @see https://ffmpeg.org/nut.html
 */
export class NutDemuxer {
  readonly #sink: NutSink;
  readonly #queue = new ByteQueue();
  #marked = false;
  #main: MainHeader | undefined;
  #stream: StreamHeader | undefined;
  #frame: FrameHeader | undefined;
  #lastPts = 0;

  constructor(sink: NutSink) {
    this.#sink = sink;
  }

  /**
   * Takes the next bytes, however they are cut, and passes on every packet that is whole by now.
   *
   * @throws StreamError `invalid-data`; the demuxer is of no use afterwards
   */
  push(bytes: Buffer): void {
    this.#queue.push(bytes);
    while (this.#queue.length > 0 && this.#step());
  }

  /** Takes one thing out of the queue; false where it is not here whole. */
  #step(): boolean {
    if (!this.#marked) return this.#takeFileMark();
    if (this.#frame !== undefined) return this.#takeFrameData(this.#frame);
    return this.#queue.peek(1)[0] === PACKET_MARK ? this.#takePacket() : this.#takeFrameHeader();
  }

  #takeFileMark(): boolean {
    if (this.#queue.length < FILE_MARK.length) return false;
    if (!this.#queue.read(FILE_MARK.length).equals(FILE_MARK)) fail("Bytes that do not begin like a NUT stream");
    this.#marked = true;
    return true;
  }

  /** Main header, stream header, sync point; info and index are of no use here. */
  #takePacket(): boolean {
    const start = this.#queue.peek(LONGEST_PACKET_HEADER);
    const reader = new FieldReader(start);
    const startCode = reader.bytes(START_CODE_BYTES);
    const length = reader.unsigned();
    if (reader.overrun) return false;
    if (length < CHECKSUM_BYTES || length > LARGEST_PACKET) {
      fail(`NUT packet of ${length} bytes, allowed: ${CHECKSUM_BYTES} to ${LARGEST_PACKET}`);
    }
    const headerLength = reader.position + (length > LARGEST_CHECKED_BY_LENGTH ? CHECKSUM_BYTES : 0);
    if (this.#queue.length < headerLength + length) return false;
    this.#queue.skip(headerLength);
    const packet = this.#queue.read(length);
    if (crc32(packet, 0) !== 0) fail("NUT packet checksum is wrong");
    this.#readPacket(startCode.readBigUInt64BE(), packet.subarray(0, -CHECKSUM_BYTES));
    return true;
  }

  #readPacket(startCode: bigint, data: Buffer): void {
    // Headers come again every so often, unchanged, for readers that begin in the middle.
    if (startCode === START_CODE.main) this.#main ??= parseMainHeader(data);
    else if (startCode === START_CODE.stream && this.#stream === undefined) {
      this.#stream = parseStreamHeader(data, this.#main ?? fail("NUT stream header without a main header"));
      this.#announce(this.#stream);
    } else if (startCode === START_CODE.syncpoint) this.#lastPts = this.#syncpointPts(data);
  }

  #announce({ fourcc, width, height, extradata }: NutStream): void {
    this.#sink.stream({ fourcc, width, height, extradata });
  }

  #syncpointPts(data: Buffer): number {
    const { main, stream } = this.#headers();
    const reader = new FieldReader(data);
    const coded = reader.unsigned();
    const bases = main.timeBases;
    const from = bases[coded % bases.length] as StreamHeader["timeBase"];
    const ticks = Math.floor(coded / bases.length);
    const { timeBase: to } = stream;
    const fraction = BigInt(ticks) * BigInt(from.numerator) * BigInt(to.denominator);
    return Number(fraction / (BigInt(from.denominator) * BigInt(to.numerator)));
  }

  #takeFrameHeader(): boolean {
    const { main } = this.#headers();
    const header = parseFrameHeader(this.#queue.peek(LONGEST_FRAME_HEADER), main);
    if (header === undefined) return false;
    this.#queue.skip(header.length);
    this.#frame = header;
    return header.dataSize > 0 || this.#takeFrameData(header);
  }

  #takeFrameData(header: FrameHeader): boolean {
    if (this.#queue.length < header.dataSize) return false;
    const { stream } = this.#headers();
    const rest = this.#queue.read(header.dataSize);
    let data = header.elided.length > 0 ? Buffer.concat([header.elided, rest]) : rest;
    this.#frame = undefined;
    this.#lastPts = this.#framePts(header, stream);
    if (header.sideData) {
      const side = parseSideData(data) ?? fail("NUT side data ends outside its frame");
      data = data.subarray(side.length);
      if (side.extradata !== undefined) this.#announce({ ...stream, extradata: side.extradata });
    }
    const { numerator, denominator } = stream.timeBase;
    this.#sink.packet({ data, keyframe: header.keyframe, ptsMs: (this.#lastPts * numerator * 1000) / denominator });
    return true;
  }

  /** A timestamp comes as a distance, as its low bits, or whole (with 2^bits added to tell). */
  #framePts({ codedPts, ptsDelta }: FrameHeader, { timestampBits }: StreamHeader): number {
    if (codedPts === undefined) return this.#lastPts + ptsDelta;
    const range = 2 ** timestampBits;
    if (codedPts >= range) return codedPts - range;
    const lowest = this.#lastPts - Math.floor((range - 1) / 2);
    return lowest + ((((codedPts - lowest) % range) + range) % range);
  }

  #headers(): { main: MainHeader; stream: StreamHeader } {
    if (this.#main === undefined || this.#stream === undefined) fail("NUT frame without headers before it");
    return { main: this.#main, stream: this.#stream };
  }
}

function fail(message: string): never {
  throw new StreamError("invalid-data", message);
}
