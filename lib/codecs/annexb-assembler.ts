import { START_CODE_PREFIX, trimZeros } from "./annexb.js";
import { ByteWindow } from "./byte-window.js";
import { detectNalCodec, looksLikeDelimiter, NAL_CODECS, type NalCodec, type NalCodecName } from "./nal-codec.js";
import { isKept, type NalRole } from "./nal-role.js";
import { type NalRange, UnitInProgress } from "./unit-in-progress.js";
import type { UnitParser } from "./unit-parser.js";
import type { UnitSink } from "./unit-sink.js";

/** What an {@link AnnexBAssembler} is made with. */
export interface AnnexBAssemblerOptions {
  sink: UnitSink;
  /** The coding format; by default the one whose parameter sets come, also when that changes midway. */
  codec?: NalCodecName | undefined;
  /** Longest access unit that is held, in bytes; a longer one is discarded. Default 8 MiB. */
  maxUnitBytes?: number | undefined;
}

/** A NAL unit whose end is not known; its role is not either until enough bytes are here. */
interface OpenNal {
  start: number;
  role: NalRole | undefined;
}

const DEFAULTS = { maxUnitBytes: 8 * 1024 * 1024 };
/** Bytes taken at a time, so that what is held stays near `maxUnitBytes` however much is pushed. */
const PIECE_BYTES = 64 * 1024;
/** Zeros at the end of what came, up to so many, may belong to a start code. */
const START_CODE_ZEROS = 3;
/** Bytes of a NAL unit that tell its codec and its role. */
const HEAD_BYTES = 3;

/**
 * Raw H.264 or H.265 in Annex B, in chunks of any size, to access units. Each byte is looked at once.
 *
 * An access unit is emitted as soon as its end is known: the next one begins (an access unit delimiter does so with
 * its first byte), it has the length that its frame stamp tells, or {@link flush}. One that has another length or
 * checksum than its stamp tells is lost. Emitted data is a copy with start codes of 4 bytes.
 *
 * @see ITU-T H.264 Annex B and 7.4.1.2.3, H.265 Annex B and 7.4.2.4.4
 */
export class AnnexBAssembler implements UnitParser {
  readonly #sink: UnitSink;
  readonly #maxUnitBytes: number;
  readonly #detects: boolean;
  /** Begins with the unit in progress; without one, with what is about to be dropped. */
  readonly #window = new ByteWindow();
  #codec: NalCodec | undefined;
  /** Start codes that begin before this offset are found. */
  #scanned = 0;
  #open: OpenNal | undefined;
  /** Undefined while everything is dropped until an access unit begins. */
  #unit: UnitInProgress | undefined;
  /** What made the last access unit count as whole, until the next one proves it. */
  #endedBy: "flush" | "stamp" | undefined;
  /** Whether the last access unit ended where the bytes did, so that a start code must come next. */
  #cut = false;
  /** Whether bytes that are dropped are worth telling: not delimiters, fillers and start codes between units. */
  #tells = true;
  #misfires = 0;
  #nowMs = 0;

  constructor({ sink, codec, maxUnitBytes = DEFAULTS.maxUnitBytes }: AnnexBAssemblerOptions) {
    this.#sink = sink;
    this.#maxUnitBytes = maxUnitBytes;
    this.#detects = codec === undefined;
    this.#codec = codec && NAL_CODECS[codec];
  }

  /** Whether a {@link flush} would end an access unit; not so while its stamp tells that more is to come. */
  get pending(): boolean {
    return this.#unit?.hasSlice === true && (this.#unit.missing(this.#openRange()) ?? 0) <= 0;
  }

  get misfires(): number {
    return this.#misfires;
  }

  push(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      this.#window.append(bytes.subarray(offset, offset + PIECE_BYTES));
      if (!this.#cut || this.#cutProven()) this.#scan();
      if (this.#unit?.isOverfull || (this.#unit && this.#window.length > this.#maxUnitBytes)) this.#abandon();
      if (this.#unit === undefined) this.#dropSeen();
    }
    const range = this.#openRange();
    if (this.#unit === undefined) return;
    if (range !== undefined) this.#unit.reach(range.end, nowMs);
    if (this.#unit.hasSlice && this.#unit.missing(range) === 0) this.#endHere("stamp");
  }

  flush(_nowMs: number): void {
    if (this.pending) this.#endHere("flush");
  }

  #scan(): void {
    while (this.#open === undefined || this.#open.role !== undefined || this.#resolve(this.#open)) {
      const prefix = this.#window.indexOf(START_CODE_PREFIX, this.#scanned);
      if (prefix < 0) {
        this.#scanned = Math.max(this.#scanned, this.#window.length - START_CODE_PREFIX.length + 1);
        return;
      }
      const closed = this.#open;
      this.#scanned = prefix + START_CODE_PREFIX.length;
      this.#open = { start: this.#scanned, role: undefined };
      this.#close(closed, prefix);
    }
  }

  /** A NAL unit, or noise, ends before the start code at `prefix`. */
  #close(closed: OpenNal | undefined, prefix: number): void {
    const start = this.#unit === undefined ? 0 : (closed?.start ?? 0);
    const end = start + trimZeros(this.#window.view(start, prefix), 0, prefix - start);
    if (this.#unit === undefined) {
      this.#drop(end);
      // The zeros of the start code, until it is known what follows it.
      this.#tells = false;
      return;
    }
    this.#unit.add({ start, end, role: closed?.role ?? "padding" }, this.#nowMs);
    if (this.#unit.hasSlice && (this.#unit.missing() ?? 0) < 0) {
      this.#abandon();
      this.#drop(prefix);
    }
  }

  /** Looks at the head of a NAL unit; false when it takes more bytes to tell what it is. */
  #resolve(open: OpenNal): boolean {
    const head = this.#window.view(open.start, open.start + HEAD_BYTES);
    const detected = this.#detects ? detectNalCodec(head) : undefined;
    const role = (detected ? NAL_CODECS[detected] : this.#codec)?.nalRole(head);
    const awaitsCodec = this.#detects && head.length < 2 && role !== "delimiter";
    if (awaitsCodec || (role === undefined && this.#codec !== undefined)) return false;
    open.role = role ?? (looksLikeDelimiter(head) ? "delimiter" : "padding");
    const changes = detected !== undefined && detected !== this.#codec?.name;
    if (this.#unit !== undefined && (changes || (this.#unit.hasSlice && this.#endsBefore(open.role)))) {
      this.#finish(open.start - START_CODE_PREFIX.length, "stamp");
    }
    if (changes) this.#codec = NAL_CODECS[detected];
    if (this.#unit === undefined) this.#seek(open, open.role);
    else this.#take(open.role);
    return true;
  }

  /** Whether the unit's picture is whole when a NAL unit of this role follows. */
  #endsBefore(role: NalRole): boolean {
    // A slice more than the stamp tells was none of this picture: bytes between the two were lost.
    return beginsUnit(role) || (role !== "slice" && this.#unit?.missing() === 0);
  }

  /** A NAL unit begins while no access unit is in progress. */
  #seek(open: OpenNal, role: NalRole): void {
    if (this.#codec !== undefined && beginsUnit(role)) {
      this.#tells = false;
      this.#drop(open.start - START_CODE_PREFIX.length);
      this.#unit = new UnitInProgress(this.#codec, this.#window);
      this.#unit.begin(role);
      this.#endedBy = undefined;
    } else {
      if (role === "slice") this.#disprove();
      this.#tells = role !== "delimiter" && !(role === "padding" && this.#endedBy !== undefined);
    }
  }

  /** A NAL unit of the access unit in progress begins. */
  #take(role: NalRole): void {
    const lacksFirst = role === "slice" && this.#unit?.hasSlice === false;
    this.#unit?.begin(role);
    if (lacksFirst) this.#abandon();
  }

  /** The access unit in progress ends before `end`. */
  #finish(end: number, endedBy: "flush" | "stamp"): void {
    const unit = this.#unit?.build();
    if (unit === undefined) this.#abandon();
    else {
      this.#unit = undefined;
      this.#tells = false;
      this.#endedBy = endedBy;
      this.#sink.unit(unit);
    }
    this.#drop(end);
  }

  /** The access unit in progress ends where the bytes do. */
  #endHere(endedBy: "flush" | "stamp"): void {
    const range = this.#openRange();
    if (range === undefined) {
      this.#finish((this.#open?.start ?? 0) - START_CODE_PREFIX.length, endedBy);
      return;
    }
    this.#unit?.add(range, this.#nowMs);
    this.#open = undefined;
    this.#finish(range.end, endedBy);
    this.#cut = this.#endedBy !== undefined;
  }

  /** Whether it is known that a start code follows the cut, or that none does. */
  #cutProven(): boolean {
    let zeros = 0;
    while (this.#window.at(zeros) === 0) zeros++;
    if (zeros === this.#window.length) return false;
    this.#cut = false;
    if (zeros < START_CODE_PREFIX.length - 1 || this.#window.at(zeros) !== 1) this.#disprove();
    return true;
  }

  /** The last access unit went on behind its supposed end. */
  #disprove(): void {
    if (this.#endedBy === undefined) return;
    if (this.#endedBy === "flush") this.#misfires++;
    this.#endedBy = undefined;
    this.#tells = true;
    this.#sink.lost(1);
  }

  /** The access unit in progress is damaged, or too big to be one. */
  #abandon(): void {
    if (this.#unit?.hasSlice) this.#sink.lost(1);
    this.#unit = undefined;
    this.#tells = true;
  }

  /** Drops all that was looked at while no access unit is in progress, but for what may be a start code's beginning. */
  #dropSeen(): void {
    const unresolved = this.#open !== undefined && this.#open.role === undefined;
    this.#drop(unresolved ? (this.#open?.start ?? 0) - START_CODE_PREFIX.length : this.#tail());
  }

  #drop(count: number): void {
    if (count <= 0) return;
    this.#window.drop(count);
    this.#scanned = Math.max(0, this.#scanned - count);
    if (this.#open !== undefined) this.#open.start -= count;
    if (this.#tells && this.#unit === undefined) this.#sink.discarded(count);
  }

  /** The unit's NAL unit whose end is not known, as if it ended here; undefined when it is not known to be the unit's. */
  #openRange(): NalRange | undefined {
    if (this.#open?.role === undefined || !isKept(this.#open.role)) return undefined;
    return { start: this.#open.start, end: Math.max(this.#open.start, this.#tail()), role: this.#open.role };
  }

  /** The end of what came, without zeros that may belong to a start code. */
  #tail(): number {
    const from = Math.max(0, this.#window.length - START_CODE_ZEROS);
    return from + trimZeros(this.#window.view(from), 0, this.#window.length - from);
  }
}

function beginsUnit(role: NalRole): boolean {
  return role === "delimiter" || role === "leading" || role === "first-slice";
}
