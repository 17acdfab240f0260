import { StreamError } from "../../lib/errors.js";
import type { Camera, CameraSink } from "./camera.js";
import type { CameraContext } from "./camera-context.js";
import { encoderArguments } from "./encoder-arguments.js";
import { runFfmpegCamera } from "./ffmpeg-camera.js";
import type { ResolvedCameraOptions } from "./options.js";
import { patternFilter } from "./pattern-filter.js";

/**
 * A moving test picture with a running clock, a label and the frame counter in its top row; needs no hardware.
 * Each run counts from 0.
 * @see readFrameCounter
 */
export class PatternCamera implements Camera {
  readonly description: string;
  readonly fps: number;
  readonly #options: ResolvedCameraOptions<"pattern">;
  readonly #context: CameraContext;
  #letters = true;

  constructor(options: ResolvedCameraOptions<"pattern">, context: CameraContext) {
    const { width, height, fps, codec } = options;
    this.description = `test pattern ${width}x${height} at ${fps} fps, ${codec} by ffmpeg`;
    this.fps = fps;
    this.#options = options;
    this.#context = context;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    try {
      await this.#runOnce(sink, signal);
    } catch (error) {
      if (!this.#letters || !isMissingFont(error)) throw error;
      // A machine without fonts still gets the picture; later runs need not find out again.
      this.#context.logger.warn({}, "ffmpeg finds no font: the test pattern shows no clock");
      this.#letters = false;
      await this.#runOnce(sink, signal);
    }
  }

  async #runOnce(sink: CameraSink, signal: AbortSignal): Promise<void> {
    const { width, height, fps, codec, bitrate, gop, label } = this.#options;
    const filter = patternFilter({ width, height, fps, label, letters: this.#letters });
    const encoder = encoderArguments({ codec, bitrate, gop, preset: "ultrafast" });
    const args = ["-f", "lavfi", "-i", filter, ...encoder];
    await runFfmpegCamera({ args, context: this.#context, sink, signal });
  }
}

// Either ffmpeg was built without drawtext, or fontconfig finds nothing.
function isMissingFont(error: unknown): boolean {
  if (!(error instanceof StreamError)) return false;
  const lines = error.details.stderr;
  return Array.isArray(lines) && lines.some((line) => /drawtext|font/i.test(String(line)));
}
