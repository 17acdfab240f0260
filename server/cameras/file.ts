import { resolve } from "node:path";
import { StreamError } from "../../lib/errors.js";
import type { Camera, CameraSink } from "./camera.js";
import type { CameraContext } from "./camera-context.js";
import { captureOutput } from "./capture-output.js";
import { encoderArguments } from "./encoder-arguments.js";
import { ffmpegCommand, runFfmpegCamera } from "./ffmpeg-camera.js";
import { DEFAULTS, type ResolvedCameraOptions } from "./options.js";

/** What is passed on as it is, as ffmpeg names it. */
const COPIED = new Set(["h264", "hevc", "mjpeg"]);
const VIDEO_STREAM = /Stream #\d+:\d+.*?: Video: (\w+)(?!.*attached pic)/;

/** A video file, played in real time over and over: H.264, H.265 and MJPEG as they are, anything else coded anew. */
export class FileCamera implements Camera {
  readonly description: string;
  readonly #options: ResolvedCameraOptions<"file">;
  readonly #context: CameraContext;
  #fps: number = DEFAULTS.fps;

  constructor(options: ResolvedCameraOptions<"file">, context: CameraContext) {
    this.description = `file ${options.path}, looped`;
    this.#options = options;
    this.#context = context;
  }

  /** The file's own rate once it was opened. */
  get fps(): number {
    return this.#fps;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    try {
      const { bitrate, gop, path } = this.#options;
      const coding = COPIED.has(await this.#probe(signal))
        ? ["-c:v", "copy"]
        : encoderArguments({ codec: "h264", bitrate, gop, preset: "superfast" });
      const args = ["-re", "-stream_loop", "-1", "-i", inputOf(path), "-map", "0:V:0", ...coding];
      await runFfmpegCamera({ args, context: this.#context, sink, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The codec of the file's video, as ffmpeg names it. */
  async #probe(signal: AbortSignal): Promise<string> {
    const { path } = this.#options;
    const command = await ffmpegCommand(this.#context);
    const args = ["-hide_banner", "-nostdin", "-i", inputOf(path)];
    const answer = await captureOutput({ command, args, signal, clock: this.#context.clock });
    if (!answer.started || answer.timedOut) throw answer.failure();
    const stream = answer.stderr.map((line) => VIDEO_STREAM.exec(line)).find((match) => match !== null);
    if (stream?.[1] === undefined) {
      const last = answer.stderr.at(-1)?.replace(`${inputOf(path)}: `, "") ?? "";
      const said = last.replace("At least one output file must be specified", "no video in it");
      throw new StreamError("invalid-option", `camera.path: ${path} cannot be played: ${said}`);
    }
    this.#fps = Number(/([\d.]+) fps/.exec(stream.input)?.[1] ?? DEFAULTS.fps);
    return stream[1];
  }
}

// Without the protocol's name ffmpeg takes what stands before a colon for one.
function inputOf(path: string): string {
  return `file:${resolve(path)}`;
}
