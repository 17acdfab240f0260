import type { WriteStream } from "node:tty";
import type { Frame } from "../lib/index.js";

const WIDEST = 64;
const TALLEST = 24;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const RESET = "\u001b[0m";
const ERASE_TO_END = "\u001b[K";

/** Draws frames small on a terminal, in place, two pixels a character, with a line of text below. */
export class PictureScreen implements Disposable {
  readonly #stream: WriteStream;
  #rows = 0;
  #open = true;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    stream.write(HIDE_CURSOR);
  }

  /** Replaces what is drawn. */
  show(frame: Frame, text: string): void {
    const columns = Math.min(WIDEST, this.#stream.columns);
    const rows = Math.max(1, Math.min(TALLEST, this.#stream.rows - 2));
    // In a window of another size, what was drawn is not where it was.
    const up = this.#rows === rows ? `\u001b[${this.#rows + 1}A` : "";
    const below = text.slice(0, this.#stream.columns - 1);
    this.#stream.write(`${up}\r${halfBlocks(frame, columns, rows)}${below}${ERASE_TO_END}\n`);
    this.#rows = rows;
  }

  /** Leaves the last picture where it is and gives the cursor back; idempotent. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.write(SHOW_CURSOR);
  }
}

/**
 * A frame (rgb24) as `rows` lines of upper half blocks, each with a colour for its upper and one for its lower half.
 */
export function halfBlocks(frame: Pick<Frame, "data" | "width" | "height">, columns: number, rows: number): string {
  let text = "";
  for (let row = 0; row < rows; row++) {
    let before = "";
    for (let column = 0; column < columns; column++) {
      const x = (column + 0.5) / columns;
      const colours = `\u001b[38;2;${colourAt(frame, x, (row + 0.25) / rows)};48;2;${colourAt(frame, x, (row + 0.75) / rows)}m`;
      // Most neighbours look alike, and terminals are slow.
      text += `${colours === before ? "" : colours}▀`;
      before = colours;
    }
    text += `${RESET}\n`;
  }
  return text;
}

/** The colour at a place given as shares of width and height, as `red;green;blue`. */
function colourAt({ data, width, height }: Pick<Frame, "data" | "width" | "height">, x: number, y: number): string {
  const at = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  return `${data[at]};${data[at + 1]};${data[at + 2]}`;
}
