import type { Clock, Timer } from "./clock.js";
import { StreamError } from "./errors.js";

/** What a {@link Watchdog} notices. */
export type Trouble = "no-bytes" | "no-pictures" | "no-keyframe" | "decoder-silent" | "lag";

/** What a {@link Watchdog} watches, asked at every look. */
export interface WatchdogOptions {
  clock: Clock;
  /** How long nothing may come. */
  stallTimeoutMs: number;
  /** How far behind live the stream may fall. */
  maxLagMs: number;
  /** How far it is behind now. */
  lagMs: () => number;
  /** For how long the decoder has owed a picture. */
  decoderSilentMs: () => number;
  /** Called once for each trouble; what to do about it is the owner's business. `forMs`: how long, or how far behind. */
  onTrouble: (trouble: Trouble, forMs: number) => void;
}

const LOOKS_PER_TIMEOUT = 20;
/** Groups of pictures of 10 s are met in the field. */
const KEYFRAME_TIMEOUT_MS = 15_000;

/**
 * Notices silence, a dead decoder and growing lag, and says why. It restarts nothing.
 *
 * It counts only time in which the event loop ran: after a consumer blocked it for seconds, the bytes of those seconds
 * wait in the socket and nobody is at fault.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #intervalMs: number;
  readonly #timer: Timer;
  #lastLookMs: number;
  #connected = false;
  /** Watched milliseconds since each of these happened. */
  #since = { bytes: 0, unit: 0, usable: 0 };
  #told = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#intervalMs = Math.max(5, options.stallTimeoutMs / LOOKS_PER_TIMEOUT);
    this.#lastLookMs = options.clock.now();
    this.#timer = options.clock.every(this.#intervalMs, () => this.#look());
  }

  /** A transport is up; from now on silence counts. */
  connected(): void {
    this.#connected = true;
    this.#told = false;
    this.#since = { bytes: 0, unit: 0, usable: 0 };
  }

  /** The transport is gone; silence is expected. */
  disconnected(): void {
    this.#connected = false;
  }

  bytes(): void {
    this.#since.bytes = 0;
  }

  /** An access unit came. `usable`: it is a keyframe, or one has come before it. */
  unit(usable: boolean): void {
    this.#since.unit = 0;
    if (usable) this.#since.usable = 0;
  }

  close(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { clock, stallTimeoutMs, maxLagMs, onTrouble, ...ask } = this.#options;
    const nowMs = clock.now();
    const late = nowMs - this.#lastLookMs > 2 * this.#intervalMs;
    const passed = late ? this.#intervalMs : nowMs - this.#lastLookMs;
    this.#lastLookMs = nowMs;
    for (const key of ["bytes", "unit", "usable"] as const) this.#since[key] += passed;
    // The decoder's clock is not ours: give the loop one look to catch up before judging it.
    if (!late && ask.decoderSilentMs() > stallTimeoutMs) onTrouble("decoder-silent", ask.decoderSilentMs());
    if (!this.#connected || this.#told) return;
    const { bytes, unit, usable } = this.#since;
    if (bytes > stallTimeoutMs) this.#tell("no-bytes", bytes);
    else if (unit > stallTimeoutMs) this.#tell("no-pictures", unit);
    else if (usable > KEYFRAME_TIMEOUT_MS) this.#tell("no-keyframe", usable);
    else if (!late && ask.lagMs() > maxLagMs) this.#tell("lag", ask.lagMs());
  }

  #tell(trouble: Trouble, forMs: number): void {
    this.#told = true;
    this.#options.onTrouble(trouble, forMs);
  }
}

const TROUBLE: Readonly<Record<Trouble, string>> = {
  "no-bytes": "nothing came",
  "no-pictures": "bytes but no pictures came",
  "no-keyframe": "pictures but no keyframe came",
  "decoder-silent": "the decoder gave no picture",
  lag: "the stream is behind live by",
};

/** The error that says what was noticed: `lagging`, else `stalled`. */
export function troubleError(url: string, trouble: Trouble, forMs: number): StreamError {
  const seconds = `${(forMs / 1000).toFixed(1)} s`;
  const message =
    trouble === "lag" ? `${url}: ${TROUBLE.lag} ${seconds}` : `${url}: ${TROUBLE[trouble]} for ${seconds}`;
  return new StreamError(trouble === "lag" ? "lagging" : "stalled", message, { details: { trouble, forMs } });
}
