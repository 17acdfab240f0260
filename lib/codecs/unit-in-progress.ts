import type { AccessUnit, FrameStamp } from "./access-unit.js";
import { START_CODE } from "./annexb.js";
import { buildAccessUnit } from "./build-access-unit.js";
import type { ByteWindow } from "./byte-window.js";
import { parseStamp } from "./frame-stamp.js";
import type { NalCodec } from "./nal-codec.js";
import { isKept, isSlice, type NalRole } from "./nal-role.js";

/** Far more than any level allows of slices in a picture; each one costs memory beyond its bytes. */
const MAX_NAL_UNITS = 4096;

/** Where a NAL unit stands in the window. */
export interface NalRange {
  start: number;
  end: number;
  role: NalRole;
}

/** What is known of an access unit whose bytes stand at the beginning of a window and are still coming. */
export class UnitInProgress {
  readonly #nals: NalRange[] = [];
  #stamp: FrameStamp | undefined;
  /** Bytes behind the stamp, counted as the stamp does. */
  #followed = 0;
  #tail = 0;
  #tailAtMs = 0;
  #hasSlice = false;

  constructor(
    readonly codec: NalCodec,
    private readonly window: ByteWindow,
  ) {}

  /** Whether there is, or begins, a part of the picture itself. */
  get hasSlice(): boolean {
    return this.#hasSlice;
  }

  get isOverfull(): boolean {
    return this.#nals.length > MAX_NAL_UNITS;
  }

  /** A NAL unit of it begins. */
  begin(role: NalRole): void {
    this.#hasSlice ||= isSlice(role);
  }

  /** A NAL unit of it is whole. */
  add(nal: NalRange, nowMs: number): void {
    if (nal.end === nal.start || !isKept(nal.role)) return;
    this.reach(nal.end, nowMs);
    this.#nals.push(nal);
    if (this.#stamp !== undefined) this.#followed += START_CODE.length + nal.end - nal.start;
    else if (nal.role === "leading") this.#stamp = parseStamp(this.codec.name, this.window.view(nal.start, nal.end));
  }

  /** Its bytes up to `end` are here. */
  reach(end: number, nowMs: number): void {
    if (end <= this.#tail) return;
    this.#tail = end;
    this.#tailAtMs = nowMs;
  }

  /** How many bytes are missing by its stamp, when `open` is its last NAL unit; undefined when it has no stamp. */
  missing(open?: NalRange): number | undefined {
    if (this.#stamp === undefined) return undefined;
    const last = open === undefined ? 0 : START_CODE.length + open.end - open.start;
    return this.#stamp.byteLength - this.#followed - last;
  }

  /** The access unit, in a copy; undefined when its stamp tells of other bytes, or its slices turn out to be empty. */
  build(): AccessUnit | undefined {
    const nals = this.#nals.map(({ start, end }) => this.window.view(start, end));
    const unit = buildAccessUnit({ codec: this.codec.name, nals, receivedAtMs: this.#tailAtMs });
    return unit === "damaged" ? undefined : unit;
  }
}
