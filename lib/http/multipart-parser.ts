import { JpegEnd } from "../codecs/jpeg-end.js";
import { JPEG_MARKER, JPEG_PREFIX } from "../codecs/jpeg-segments.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { StreamError } from "../errors.js";
import { LineWindow } from "./line-window.js";
import { type PartHead, parsePartHead } from "./part-head.js";

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** RFC 2046 has 70. Looking for a long one in its own image takes long for each byte. */
const MAX_DELIMITER_BYTES = 256;

/** How a {@link MultipartParser} is made. */
export interface MultipartParserOptions {
  sink: UnitSink;
  /** As `Content-Type` tells it. */
  boundary?: string | undefined;
}

type State =
  /** Looks for the first delimiter, and learns from it what delimiters look like. */
  | { name: "begin" }
  /** Behind a part: everything up to the next delimiter is of no interest. */
  | { name: "between" }
  /** Reads a delimiter's line and the part's head behind it. */
  | { name: "head"; lines: string[]; bytes: number }
  /** At the first byte of what should be a picture. */
  | Picture;

interface Picture {
  name: "picture";
  head: PartHead;
  end: JpegEnd;
}

/**
 * The JPEGs of a multipart stream (MJPEG over HTTP), in chunks of any size, as access units. A picture is given out as
 * soon as it is whole: when it has the length that its head tells, else with its own end (EOI); nothing waits for the
 * next part. Lengths are believed until one proves wrong. Parts that are no pictures are passed over.
 *
 * What it holds is bounded: 64 KiB of a head, 16 MiB of a picture. After it has thrown it is of no more use.
 * @see RFC 2046 section 5.1
 */
export class MultipartParser {
  readonly #sink: UnitSink;
  readonly #boundary: string | undefined;
  readonly #window = new LineWindow();
  #state: State = { name: "begin" };
  /** With its dashes. */
  #delimiter: Buffer = Buffer.alloc(0);
  /** Whether the window begins right behind a part, where a delimiter may stand without a line end before it. */
  #atPartEnd = false;
  #skippedAtBegin = 0;
  #lengthsLie = false;
  #nowMs = 0;

  constructor({ sink, boundary }: MultipartParserOptions) {
    this.#sink = sink;
    this.#boundary = boundary;
  }

  /** Whether a picture is here in part. */
  get pending(): boolean {
    return this.#state.name === "picture" && this.#window.length > 0;
  }

  /**
   * Takes the next bytes.
   * @param nowMs monotonic milliseconds at which they came
   * @throws StreamError `invalid-data` for what exceeds the bounds
   */
  push(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#window.append(bytes);
    while (this.#step());
  }

  /** The stream has ended: a picture in progress is whole if it has its length, as before a delimiter, else lost. */
  end(): void {
    if (this.#state.name !== "picture" || !this.pending) return;
    const bytes = this.#wholeBytes(this.#state, this.#window.length);
    if (bytes === undefined) this.#lose();
    else this.#take(this.#state.head, bytes);
  }

  /** Goes as far as the next change of state; false where more bytes have to come first. */
  #step(): boolean {
    const state = this.#state;
    if (state.name === "begin") return this.#begin();
    if (state.name === "between") return this.#findPart();
    return state.name === "head" ? this.#readHead(state) : this.#readPicture(state);
  }

  #enter(state: State, dropped = 0): true {
    this.#window.drop(dropped);
    this.#atPartEnd = state.name === "between";
    this.#state = state;
    return true;
  }

  /** What delimiters look like, the first one shows: some cameras announce another boundary than they write, or none. */
  #begin(): boolean {
    const line = this.#window.line();
    if (this.#skippedAtBegin + (line?.bytes ?? this.#window.length) > MAX_HEAD_BYTES) {
      throw new StreamError("invalid-data", `no boundary between pictures comes within ${MAX_HEAD_BYTES} bytes`);
    }
    if (!line) return false;
    const isAnnounced = this.#boundary !== undefined && line.text.startsWith(this.#boundary);
    if (isAnnounced || /^--./.test(line.text)) {
      if (line.text.length > MAX_DELIMITER_BYTES) {
        const allowed = `${MAX_DELIMITER_BYTES} are allowed`;
        throw new StreamError(
          "invalid-data",
          `the boundary between pictures has ${line.text.length} bytes; ${allowed}`,
        );
      }
      this.#delimiter = Buffer.from(isAnnounced ? (this.#boundary ?? "") : line.text, "latin1");
      return this.#enter({ name: "between" });
    }
    this.#skippedAtBegin += line.bytes;
    this.#discarded(line.text === "" ? 0 : line.bytes);
    return this.#enter({ name: "begin" }, line.bytes);
  }

  #findPart(): boolean {
    const at = this.#window.find(this.#delimiter, this.#atPartEnd);
    if (at !== undefined) {
      this.#discarded(this.#window.lineEndBefore(at));
      return this.#enter({ name: "head", lines: [], bytes: 0 }, at);
    }
    // What may begin a delimiter stays, with the line end before it.
    const idle = this.#window.length - this.#delimiter.length - 1;
    if (idle <= 0) return false;
    this.#discarded(idle);
    this.#window.drop(idle);
    this.#atPartEnd = false;
    return false;
  }

  #readHead(state: State & { name: "head" }): boolean {
    const line = this.#window.line();
    state.bytes += line?.bytes ?? 0;
    if (state.bytes + (line ? 0 : this.#window.length) > MAX_HEAD_BYTES) {
      throw new StreamError("invalid-data", `a part's head has more than ${MAX_HEAD_BYTES} bytes`);
    }
    if (!line) return false;
    this.#window.drop(line.bytes);
    // Some write the boundary twice: behind one picture, and again before the next.
    if (line.text.startsWith(this.#delimiter.toString("latin1"))) state.lines = [];
    else if (line.text !== "") state.lines.push(line.text);
    else this.#beginBody(parsePartHead(state.lines));
    return true;
  }

  #beginBody(head: PartHead): void {
    const { type } = head;
    const mayBePicture = type === "" || type.startsWith("image/") || type === "application/octet-stream";
    if (!mayBePicture) this.#enter({ name: "between" });
    else if ((this.#lengthOf(head) ?? 0) > MAX_PICTURE_BYTES) throw tooLarge(`says that it has ${head.length} bytes`);
    else this.#enter({ name: "picture", head, end: new JpegEnd() });
  }

  #readPicture(picture: Picture): boolean {
    const { head } = picture;
    const [first, second] = this.#window.view(2);
    if (second === undefined) return false;
    if (first !== JPEG_PREFIX || second !== JPEG_MARKER.SOI) {
      return head.type.startsWith("image/") ? this.#lose() : this.#enter({ name: "between" });
    }
    const next = this.#window.find(this.#delimiter, false);
    const bytes = this.#wholeBytes(picture, next);
    if (bytes !== undefined) return this.#take(head, bytes);
    if (next !== undefined) return this.#lose();
    if (this.#window.length > MAX_PICTURE_BYTES) throw tooLarge(`has more than ${MAX_PICTURE_BYTES} bytes`);
    return false;
  }

  /**
   * How long the picture is; undefined while that is not known, or where it is torn.
   * @param next where the next delimiter begins, if it is here
   */
  #wholeBytes({ head, end }: Picture, next: number | undefined): number | undefined {
    const here = next ?? this.#window.length;
    const length = this.#lengthOf(head);
    if (length === undefined) return end.find(this.#window.view(here));
    if (length <= here) {
      const picture = this.#window.view(length);
      if (picture.at(-1) === JPEG_MARKER.EOI && picture.at(-2) === JPEG_PREFIX) return length;
      // Some cameras fill up with zeros; but what a wrong length reaches into may be a delimiter that is not whole yet.
      const isClear = next !== undefined || this.#window.length >= length + this.#delimiter.length;
      if (isClear && end.find(picture) !== undefined) return length;
    }
    if (next === undefined) return undefined;
    const bodyEnd = this.#window.lineEndBefore(next);
    // Some count the line end as well. A picture without EOI is as the camera made it.
    if (length >= bodyEnd && length <= next) return bodyEnd;
    this.#lengthsLie = true;
    return end.find(this.#window.view(here));
  }

  #take({ mediaTimeMs, capturedAtMs }: PartHead, bytes: number): true {
    this.#sink.unit({
      codec: "mjpeg",
      data: Buffer.from(this.#window.view(bytes)),
      keyframe: true,
      receivedAtMs: this.#nowMs,
      ...(mediaTimeMs !== undefined && { mediaTimeMs }),
      ...(capturedAtMs !== undefined && { capturedAtMs }),
    });
    return this.#enter({ name: "between" }, bytes);
  }

  #lose(): true {
    this.#sink.lost(1);
    return this.#enter({ name: "between" });
  }

  #discarded(bytes: number): void {
    if (bytes > 0) this.#sink.discarded(bytes);
  }

  #lengthOf({ length }: PartHead): number | undefined {
    return this.#lengthsLie ? undefined : length;
  }
}

function tooLarge(what: string): StreamError {
  return new StreamError("invalid-data", `a picture ${what}; ${MAX_PICTURE_BYTES} are allowed`);
}
