import type { Timer } from "./clock.js";
import type { AccessUnit } from "./codecs/access-unit.js";
import { Decoder, type DecoderOptions } from "./decoder.js";
import type { StreamError } from "./errors.js";
import type { DecodedPicture } from "./ffmpeg/decoder-process.js";
import { GopCache } from "./gop-cache.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** What a {@link DecoderKeeper} works with. */
export interface DecoderKeeperOptions extends Omit<DecoderOptions, "sink"> {
  sink: Omit<DecoderOptions["sink"], "failed"> & {
    /** The decoder died and is started again, unless the error says that no retry helps. */
    failed(error: StreamError): void;
  };
}

/**
 * Keeps a Receiver's decoder running. A new one is fed the group of pictures so far, unseen, so that the picture goes on
 * at once instead of at the next keyframe. One that dies without giving a picture is given growing pauses.
 */
export class DecoderKeeper {
  readonly #decoder: Decoder;
  readonly #options: DecoderKeeperOptions;
  readonly #gop = new GopCache();
  /** Units whose pictures were given out; fed again, they are decoded unseen. */
  readonly #shown = new WeakSet<AccessUnit>();
  #barrenRestarts = 0;
  #pause: Timer | undefined;

  constructor(options: DecoderKeeperOptions) {
    this.#options = options;
    const { picture, failed } = options.sink;
    this.#decoder = new Decoder({
      ...options,
      sink: {
        ...options.sink,
        picture: (decoded) => this.#picture(decoded, picture),
        failed: (error) => {
          failed(error);
          if (error.retryable) this.restart();
        },
      },
    });
  }

  get pid(): number | undefined {
    return this.#decoder.pid;
  }

  /** Units that went in and whose pictures are not out. */
  get pendingUnits(): number {
    return this.#decoder.pendingUnits;
  }

  /** @see Decoder.silentMs */
  get silentMs(): number {
    return this.#pause ? 0 : this.#decoder.silentMs;
  }

  /** Starts a decoder before the stream is there: loading ffmpeg is most of the time to the first picture. */
  warmUp(): void {
    if (!this.#pause) this.#decoder.start();
  }

  decode(unit: AccessUnit): void {
    this.#gop.add(unit);
    if (!this.#pause) this.#decoder.decode(unit);
  }

  /** A picture is missing: what is kept is of no use to a new decoder. */
  broken(): void {
    this.#gop.clear();
  }

  /** Ends the decoder, whatever it does, and starts another. */
  restart(): void {
    this.#pause?.cancel();
    const pauseMs =
      this.#barrenRestarts === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#barrenRestarts);
    this.#barrenRestarts++;
    this.#pause = this.#options.clock.after(pauseMs, () => {
      this.#pause = undefined;
      this.#startAgain();
    });
    this.#decoder.stop();
  }

  /** Idempotent; resolves when every child is gone. */
  async close(): Promise<void> {
    this.#pause?.cancel();
    await this.#decoder.close();
  }

  #startAgain(): void {
    this.#decoder.start();
    const units = this.#gop.units().slice();
    // A group of pictures that kills the next decoder as well is not tried a third time.
    this.#gop.clear();
    for (const unit of units) this.#decoder.decode(unit);
  }

  #picture(decoded: DecodedPicture, onPicture: (decoded: DecodedPicture) => void): void {
    this.#barrenRestarts = 0;
    if (this.#shown.has(decoded.unit)) return decoded.pool.give(decoded.data);
    this.#shown.add(decoded.unit);
    onPicture(decoded);
  }
}
