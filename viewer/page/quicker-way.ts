const TRIES = 5;
/** What a browser that draws with the graphics processor stays below; it is not worth looking for a quicker way. */
const QUICK_MS = 1.5;

/** How a decoded picture gets onto a canvas: the browser draws it, or its pixels are copied there. */
export type DrawingWay = "draw" | "copy";

/** Finds out which way is the quicker on this machine: each is tried some times, and the best time of each counts. */
export class QuickerWay {
  readonly #times: Record<DrawingWay, number[]> = { draw: [], copy: [] };
  #chosen: DrawingWay | undefined;

  /** The way to be taken next. */
  get next(): DrawingWay {
    return this.#chosen ?? (this.#times.draw.length < TRIES ? "draw" : "copy");
  }

  /** So long it took. */
  took(way: DrawingWay, tookMs: number): void {
    if (this.#chosen) return;
    const { draw, copy } = this.#times;
    this.#times[way].push(tookMs);
    const drawnMs = Math.min(...draw);
    if (draw.length >= TRIES && drawnMs <= QUICK_MS) this.#chosen = "draw";
    else if (copy.length >= TRIES) this.#chosen = Math.min(...copy) < drawnMs ? "copy" : "draw";
  }

  /** This way cannot be taken. */
  cannot(way: DrawingWay): void {
    this.#chosen = way === "draw" ? "copy" : "draw";
  }
}
