import { StreamError } from "../../lib/errors.js";
import type { Camera, CameraSink } from "./camera.js";
import type { CameraContext } from "./camera-context.js";
import { captureOutput } from "./capture-output.js";
import { encoderArguments } from "./encoder-arguments.js";
import { ffmpegCommand, runFfmpegCamera } from "./ffmpeg-camera.js";
import type { ResolvedCameraOptions } from "./options.js";
import { chooseFormat, type WebcamFormat } from "./webcam-formats.js";
import { WEBCAM_SYSTEMS, type WebcamSystem } from "./webcam-systems.js";

const NOT_THERE = /no such (file|device)|could not find video device|cannot open video device|i\/o error/i;

/**
 * A USB or built-in camera through ffmpeg: V4L2 on Linux, AVFoundation on macOS, DirectShow on Windows.
 * What the camera codes itself is passed on; anything else is coded here.
 */
export class WebcamCamera implements Camera {
  readonly description: string;
  readonly fps: number;
  readonly #options: ResolvedCameraOptions<"v4l2" | "webcam">;
  readonly #context: CameraContext;
  readonly #system: WebcamSystem;

  /** @throws StreamError `unsupported` on a system whose cameras ffmpeg does not reach */
  constructor(
    options: ResolvedCameraOptions<"v4l2" | "webcam">,
    context: CameraContext,
    platform: NodeJS.Platform = process.platform,
  ) {
    const system = options.kind === "v4l2" && platform !== "linux" ? undefined : WEBCAM_SYSTEMS[platform];
    if (system === undefined) {
      const allowed = options.kind === "v4l2" ? "linux" : Object.keys(WEBCAM_SYSTEMS).join(", ");
      throw new StreamError(
        "unsupported",
        `camera "${options.kind}" does not work on ${platform}, only on: ${allowed}`,
      );
    }
    const { width, height, fps, device = system.defaultDevice ?? "first found" } = options;
    this.description = `camera ${device}, ${width}x${height} at ${fps} fps`;
    this.fps = fps;
    this.#options = options;
    this.#context = context;
    this.#system = system;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    try {
      const id = await this.#findDevice(signal);
      const format = chooseFormat(await this.#listFormats(id, signal), { ...this.#options, device: id });
      // More threads would decode MJPEG with pictures held back.
      const args = ["-threads", "1", ...this.#system.input(id, format, this.#options), ...this.#coding(format)];
      await runFfmpegCamera({ args, context: this.#context, sink, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #coding(format: WebcamFormat): string[] {
    const { codec, bitrate, gop } = this.#options;
    if (format.coding === codec) return ["-c:v", "copy"];
    return encoderArguments({ codec, bitrate, gop, preset: "superfast" });
  }

  async #findDevice(signal: AbortSignal): Promise<string> {
    const { device } = this.#options;
    const { devices, defaultDevice } = this.#system;
    if (devices === undefined) return device ?? defaultDevice ?? "";
    const found = devices.parse(await this.#ask(devices.args, signal));
    const wanted = device?.toLowerCase();
    const match =
      found.find(({ id, name }) => wanted === undefined || id === device || name.toLowerCase() === wanted) ??
      found.find(({ name }) => wanted !== undefined && name.toLowerCase().includes(wanted));
    if (match !== undefined) return match.id;
    const names = found.map(({ name }) => name).join(", ") || "none";
    throw new StreamError("camera-missing", `camera.device: ${device ?? "no camera"} is not there; found: ${names}`);
  }

  async #listFormats(id: string, signal: AbortSignal): Promise<WebcamFormat[]> {
    const { formats } = this.#system;
    if (formats === undefined) return [{ coding: "raw" }];
    const lines = await this.#ask(formats.args(id), signal);
    const found = formats.parse(lines);
    if (found.length > 0) return found;
    const said = lines.at(-1) ?? "it lists no format";
    const code = lines.some((line) => NOT_THERE.test(line)) ? "camera-missing" : "process-failed";
    throw new StreamError(code, `camera.device: ${id} cannot be used: ${said}`);
  }

  /** ffmpeg answers on stderr, and always ends as if it had failed. */
  async #ask(args: readonly string[], signal: AbortSignal): Promise<string[]> {
    const command = await ffmpegCommand(this.#context);
    const { clock } = this.#context;
    const answer = await captureOutput({ command, args: ["-hide_banner", "-nostdin", ...args], signal, clock });
    if (!answer.started || answer.timedOut) throw answer.failure();
    return answer.stderr;
  }
}
