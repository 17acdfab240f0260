import { ByteWindow } from "./byte-window.js";
import { jpegSize } from "./jpeg.js";
import { JpegEnd } from "./jpeg-end.js";
import type { UnitParser } from "./unit-parser.js";
import type { UnitSink } from "./unit-sink.js";

/** SOI, and the marker that must follow it. @see ITU-T T.81 B.2.1 */
export const JPEG_START: Buffer = Buffer.of(0xff, 0xd8, 0xff);
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

/**
 * Pictures of MJPEG that stand behind each other without anything between, in chunks of any size, to access units.
 * Each is emitted with its last byte. What is no JPEG is passed over, and so is one without a size or over 16 MiB.
 */
export class JpegSplitter implements UnitParser {
  /** A picture shows by itself where it ends: silence tells nothing. */
  readonly pending = false;
  readonly misfires = 0;
  readonly #sink: UnitSink;
  readonly #window = new ByteWindow();
  /** Undefined while no picture is in progress. */
  #end: JpegEnd | undefined;

  constructor({ sink }: { sink: UnitSink }) {
    this.#sink = sink;
  }

  push(bytes: Buffer, nowMs: number): void {
    this.#window.append(bytes);
    while (this.#end ? this.#finish(this.#end, nowMs) : this.#begin());
  }

  flush(): void {}

  /** False: no picture begins in what is here. */
  #begin(): boolean {
    const start = this.#window.indexOf(JPEG_START, 0);
    if (start >= 0) this.#end = new JpegEnd();
    this.#discard(start >= 0 ? start : this.#window.length - (JPEG_START.length - 1));
    return start >= 0;
  }

  /** False: the picture goes on. */
  #finish(end: JpegEnd, nowMs: number): boolean {
    const length = end.find(this.#window.view(0));
    if (length === undefined && this.#window.length <= MAX_PICTURE_BYTES) return false;
    this.#end = undefined;
    const data = this.#window.view(0, length ?? 0);
    if (length !== undefined && length <= MAX_PICTURE_BYTES && jpegSize(data)) {
      this.#sink.unit({ codec: "mjpeg", data: Buffer.from(data), keyframe: true, receivedAtMs: nowMs });
      this.#window.drop(length);
    } else {
      this.#sink.lost(1);
      this.#discard(this.#endOfLost(length));
    }
    return true;
  }

  /**
   * How much goes with a picture that is lost: it may hold the beginning of a good one. The last SOI is tried and no
   * other: from each of them anew, time would grow with its square.
   */
  #endOfLost(length = this.#window.length - (JPEG_START.length - 1)): number {
    const last = this.#window.view(0, length).lastIndexOf(JPEG_START);
    return last > 0 ? last : length;
  }

  #discard(count: number): void {
    if (count <= 0) return;
    this.#window.drop(count);
    this.#sink.discarded(count);
  }
}
