import { ByteWindow } from "../codecs/byte-window.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LINE_END = Buffer.of(LINE_FEED);

/** A line of text. */
export interface Line {
  /** Without its end and the spaces before that. */
  text: string;
  /** With its end. */
  bytes: number;
}

/**
 * Bytes of a stream that came and are not done with, in which lines and delimiters are looked for. Lines end by CR LF or
 * LF. Whatever is looked for, each byte is looked at once, as long as the same is looked for until {@link drop}.
 */
export class LineWindow {
  readonly #window = new ByteWindow();
  /** Before this offset it was not found. */
  #searched = 0;

  get length(): number {
    return this.#window.length;
  }

  append(bytes: Buffer): void {
    this.#window.append(bytes);
  }

  /** Forgets the first `count` bytes; the next search begins at the first one that is left. */
  drop(count: number): void {
    this.#window.drop(count);
    this.#searched = 0;
  }

  /** A view, valid until the next {@link append}. */
  view(to: number): Buffer {
    return this.#window.view(0, to);
  }

  /** The first line; undefined while its end is not here. */
  line(): Line | undefined {
    const at = this.#window.indexOf(LINE_END, this.#searched);
    this.#searched = at < 0 ? this.length : at;
    if (at < 0) return undefined;
    return { text: this.view(at).toString("latin1").trimEnd(), bytes: at + 1 };
  }

  /**
   * Where the first `delimiter` is that stands at a line's begin; undefined while none is here.
   * @param alsoFirst whether one may stand at the first byte of all
   */
  find(delimiter: Buffer, alsoFirst: boolean): number | undefined {
    for (;;) {
      const at = this.#window.indexOf(delimiter, this.#searched);
      if (at < 0) {
        this.#searched = Math.max(this.#searched, this.length - delimiter.length + 1);
        return undefined;
      }
      this.#searched = at;
      if (at === 0 ? alsoFirst : this.#window.at(at - 1) === LINE_FEED) return at;
      this.#searched++;
    }
  }

  /** Where the line end begins that `offset` stands behind; `offset` where there is none. */
  lineEndBefore(offset: number): number {
    if (offset < 1 || this.#window.at(offset - 1) !== LINE_FEED) return offset;
    return offset >= 2 && this.#window.at(offset - 2) === CARRIAGE_RETURN ? offset - 2 : offset - 1;
  }
}
