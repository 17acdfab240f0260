import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { sameParameters, streamParameters } from "../../lib/codecs/stream-parameters.js";
import { StreamError } from "../../lib/errors.js";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import type { GopCache } from "../../lib/gop-cache.js";
import { type Attempt, keepRunning } from "../../lib/keep-running.js";
import { JpegEncoder, type JpegEncoderOptions } from "./jpeg-encoder.js";

const RETRY = { minDelayMs: 50, maxDelayMs: 5_000 };
/** Loading ffmpeg takes its time; behind the first picture, silence means trouble. */
const LONGEST_START_MS = 10_000;
/** Where the machine is too busy for that, a start more makes it busier: each one is given twice the time. */
const MOST_PATIENCE_MS = 80_000;
const LONGEST_SILENCE_MS = 5_000;

/** What a {@link JpegTranscoder} works with. */
export interface JpegTranscoderOptions extends JpegEncoderOptions {
  /** The current group of pictures of the stream whose units it is given. */
  gop: GopCache;
  /** The encoder died or hung, and is started again unless the error says that no retry helps. */
  onFailure(error: StreamError): void;
}

/** Makes JPEGs of a stream and keeps its encoder running: a new one goes on with the group of pictures so far. */
export class JpegTranscoder {
  /** Resolves, never rejects, when it has ended: with the failure that no retry can mend, unless it was closed. */
  readonly ended: Promise<StreamError | undefined>;
  readonly #options: JpegTranscoderOptions;
  readonly #stop = new AbortController();
  #attempt: Attempt | undefined;
  #encoder: JpegEncoder | undefined;
  #startLimitMs = LONGEST_START_MS;
  /** Encoders of an earlier format that are not gone yet. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: JpegTranscoderOptions) {
    this.#options = options;
    const { clock, onFailure } = options;
    const { signal } = this.#stop;
    this.ended = keepRunning({ ...RETRY, clock, signal, onFailure, run: (attempt) => this.#run(attempt) }).then(
      () => undefined,
      (error: StreamError) => error,
    );
  }

  /** Takes the stream's next unit. */
  unit(unit: AccessUnit): void {
    if (!this.#attempt) return;
    const encoder = this.#encoder;
    if (encoder && !this.#changes(encoder, unit)) {
      encoder.encode(unit);
      this.#watch(encoder, this.#attempt);
    } else if (unit.keyframe) this.#start([unit], this.#attempt);
  }

  /** Idempotent; resolves when every child is gone. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #run(attempt: Attempt): Promise<void> {
    this.#attempt = attempt;
    const [keyframe, ...rest] = this.#options.gop.units();
    if (keyframe) this.#start([keyframe, ...rest], attempt);
    if (!attempt.signal.aborted) {
      await new Promise((resolve) => attempt.signal.addEventListener("abort", resolve, { once: true }));
    }
    this.#attempt = undefined;
    this.#leave();
    await Promise.all(this.#leaving);
  }

  /** What it began with decides an encoder's size and format. */
  #changes(encoder: JpegEncoder, unit: AccessUnit): boolean {
    if (!unit.keyframe) return false;
    const parameters = streamParameters(unit);
    if (!parameters || !encoder.parameters) return parameters !== undefined;
    return !sameParameters(parameters, encoder.parameters);
  }

  #start(units: readonly [AccessUnit, ...AccessUnit[]], attempt: Attempt): void {
    this.#leave();
    const encoder = new JpegEncoder(units, {
      ...this.#options,
      onPicture: (data, unit) => {
        if (encoder !== this.#encoder) return;
        attempt.flowing();
        this.#startLimitMs = LONGEST_START_MS;
        this.#options.onPicture(data, unit);
      },
    });
    this.#encoder = encoder;
    void encoder.exited.then((error) => error && this.#died(error, attempt));
  }

  #leave(): void {
    const encoder = this.#encoder;
    this.#encoder = undefined;
    if (!encoder) return;
    const gone = encoder.end().then(() => void this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }

  /** There may be a simpler reason: no ffmpeg, or one that is too old. */
  async #died(error: StreamError, attempt: Attempt): Promise<void> {
    await locateFfmpeg(this.#options.ffmpegPath).then(
      () => attempt.fail(error),
      (simpler: StreamError) => attempt.fail(simpler),
    );
  }

  #watch({ silentMs, begun }: JpegEncoder, attempt: Attempt): void {
    const limitMs = begun ? LONGEST_SILENCE_MS : this.#startLimitMs;
    if (silentMs <= limitMs) return;
    if (!begun) this.#startLimitMs = Math.min(2 * limitMs, MOST_PATIENCE_MS);
    attempt.fail(new StreamError("stalled", `ffmpeg made no JPEG for ${limitMs} ms`));
  }
}
