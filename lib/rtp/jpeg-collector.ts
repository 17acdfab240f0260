import type { JpegSize } from "../codecs/jpeg.js";
import { JPEG_MARKER, JPEG_PREFIX } from "../codecs/jpeg-segments.js";
import { type QuantisationTables, writeJpegHead } from "./jpeg-head.js";
import { JPEG_PAYLOAD, type JpegFragment } from "./jpeg-payload.js";
import { tablesOfQuality } from "./jpeg-quality.js";

// What a view costs beside its bytes: a flood of tiny pieces must hit the bound too.
const PIECE_OVERHEAD_BYTES = 128;
const END_OF_IMAGE = Buffer.of(JPEG_PREFIX, JPEG_MARKER.EOI);
const { blockPixels, changingQ, firstTableQ } = JPEG_PAYLOAD;

/** How a {@link JpegCollector} is made. */
export interface JpegCollectorOptions {
  /** Bound of what is held; over it the picture counts as broken. */
  maxBytes: number;
  /** The pictures' size where it is told elsewhere, see {@link JpegCollector.take}. */
  size: JpegSize | undefined;
}

/** Gathers the fragments of one JPEG picture, which come in order, and keeps the tables that later ones refer to. */
export class JpegCollector {
  readonly #options: JpegCollectorOptions;
  readonly #tables = new Map<number, QuantisationTables>();
  #first: JpegFragment | undefined;
  #bodies: Buffer[] = [];
  #end = 0;
  #broken = false;

  constructor(options: JpegCollectorOptions) {
    this.#options = options;
  }

  /** Takes a fragment; undefined stands for one that cannot be read. */
  add(fragment: JpegFragment | undefined): void {
    if (fragment?.tables) this.#tables.set(fragment.q, fragment.tables);
    if (this.#broken) return;
    this.#first ??= fragment;
    const fits = fragment && fragment.offset === this.#end && this.#first?.constant.equals(fragment.constant);
    if (!fits) this.fail();
    else {
      this.#bodies.push(fragment.body);
      this.#end += fragment.body.length;
      if (this.#end + this.#bodies.length * PIECE_OVERHEAD_BYTES > this.#options.maxBytes) this.fail();
    }
  }

  /** Gives up what is held and remembers that the picture is broken. */
  fail(): void {
    this.#broken = true;
    this.#first = undefined;
    this.#bodies = [];
  }

  /**
   * The whole picture, undefined where it is broken; the collector is empty and as new afterwards. The size given at
   * construction counts where the packets tell none, and where they tell it rounded up to blocks of 8 pixels.
   */
  take(): Buffer | undefined {
    const first = this.#first;
    const tables = first && this.#tablesOf(first);
    const size = first && this.#sizeOf(first);
    const bodies = this.#bodies;
    const empty = this.#end === 0;
    this.#first = undefined;
    this.#bodies = [];
    this.#end = 0;
    this.#broken = false;
    if (!tables || !size || empty) return undefined;
    const { type, restartInterval } = first;
    const head = writeJpegHead({ type, ...size, restartInterval, tables });
    return withOneEnd(Buffer.concat([head, ...bodies, END_OF_IMAGE]));
  }

  #tablesOf({ q, tables }: JpegFragment): QuantisationTables | undefined {
    if (tables || q === changingQ) return tables;
    const known = this.#tables.get(q);
    if (known || q >= firstTableQ) return known;
    const computed = tablesOfQuality(q);
    this.#tables.set(q, computed);
    return computed;
  }

  #sizeOf({ width, height }: JpegFragment): JpegSize | undefined {
    const { size } = this.#options;
    const exact = { width: exactLength(width, size?.width), height: exactLength(height, size?.height) };
    return exact.width > 0 && exact.height > 0 ? exact : undefined;
  }
}

function exactLength(length: number, told = 0): number {
  const rounded = Math.ceil(told / blockPixels) * blockPixels;
  return length === 0 || length === rounded ? told : length;
}

/** Senders may leave the end marker out, or not. */
function withOneEnd(jpeg: Buffer): Buffer {
  const end = jpeg.length - END_OF_IMAGE.length;
  return jpeg.subarray(end - END_OF_IMAGE.length, end).equals(END_OF_IMAGE) ? jpeg.subarray(0, end) : jpeg;
}
