import { onTestFinished } from "vitest";
import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { StreamParameters } from "../../lib/codecs/stream-parameters.js";
import { Decoder, type DecoderOptions } from "../../lib/decoder.js";
import type { StreamError } from "../../lib/errors.js";
import type { DecodedPicture } from "../../lib/ffmpeg/decoder-process.js";
import type { PictureOptions } from "../../lib/ffmpeg/picture-options.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";

/** A decoder whose output can be awaited, and which is closed after its test. */
export class DecoderBench {
  readonly pictures: DecodedPicture[] = [];
  readonly failures: StreamError[] = [];
  readonly warnings: StreamError[] = [];
  readonly parameters: StreamParameters[] = [];
  dropped = 0;
  readonly decoder: Decoder;
  #changed = (): void => {};

  constructor(options: Partial<Omit<DecoderOptions, "picture">> & { picture?: Partial<PictureOptions> } = {}) {
    const note = (): void => this.#changed();
    this.decoder = new Decoder({
      ffmpegPath: "ffmpeg",
      proveFfmpeg: async () => {},
      hwaccel: "none",
      clock: systemClock,
      ...options,
      picture: { pixelFormat: "rgb24", rotate: 0, ...options.picture },
      sink: {
        picture: (picture) => {
          this.pictures.push(picture);
          note();
        },
        dropped: (units) => {
          this.dropped += units;
        },
        warning: (error) => this.warnings.push(error),
        parameters: (parameters) => this.parameters.push(parameters),
        failed: (error) => {
          this.failures.push(error);
          note();
        },
      },
    });
    onTestFinished(() => this.decoder.close());
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Decodes a stream and gives the numbers read from its pictures. */
  async numbers(units: AccessUnit[], count = units.length): Promise<(number | undefined)[]> {
    for (const unit of units) this.decoder.decode(unit);
    await this.until(() => this.pictures.length >= count);
    return this.pictures.map(({ data, width, height }) => readFrameCounter(data, width, height));
  }
}
