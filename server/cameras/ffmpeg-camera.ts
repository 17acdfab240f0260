import { startChildProcess } from "../../lib/child-process.js";
import { StreamError } from "../../lib/errors.js";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { NutDemuxer } from "../../lib/nut/demuxer.js";
import { FfmpegStream } from "../../lib/sources/ffmpeg-stream.js";
import type { CameraSink } from "./camera.js";
import type { CameraContext } from "./camera-context.js";

/** One run of an ffmpeg that makes coded pictures. */
export interface FfmpegCameraOptions {
  /** Inputs, filters and encoder; the output is added here. */
  args: readonly string[];
  context: CameraContext;
  sink: CameraSink;
  signal: AbortSignal;
}

/** NUT tells each packet's length in front; without sync points and index nothing grows while it runs. */
const OUTPUT = [
  ...["-an", "-map_metadata", "-1", "-fps_mode", "passthrough", "-flush_packets", "1"],
  ...["-f", "nut", "-syncpoints", "none", "-write_index", "0", "-strict", "experimental", "pipe:1"],
];

/**
 * Path of the ffmpeg that a camera uses.
 * @throws StreamError `ffmpeg-missing`, `ffmpeg-too-old`
 */
export async function ffmpegCommand(context: CameraContext): Promise<string> {
  return context.ffmpegPath === undefined ? (await locateFfmpeg()).path : await context.ffmpegPath();
}

/**
 * Runs ffmpeg until `signal` aborts; every picture goes to the sink the moment its last byte is here.
 * @throws StreamError `process-failed` when ffmpeg ends by itself, `invalid-data` when it writes something else
 */
export async function runFfmpegCamera(options: FfmpegCameraOptions): Promise<void> {
  const { context, sink, signal } = options;
  const command = await ffmpegCommand(context);
  const args = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", ...options.args, ...OUTPUT];
  sink.starts?.();
  const child = startChildProcess({ command, args, signal });
  let fault: StreamError | undefined;
  let stream: FfmpegStream | undefined;
  const demuxer = new NutDemuxer({
    stream(description) {
      stream = new FfmpegStream(description);
    },
    packet(packet) {
      const unit = stream?.unit(packet, context.clock.now());
      if (unit !== undefined && unit !== "damaged") sink.unit(unit);
    },
  });
  child.stdout.on("data", (bytes: Buffer) => {
    if (signal.aborted || fault !== undefined) return;
    try {
      demuxer.push(bytes);
    } catch (error) {
      fault = error instanceof StreamError ? error : new StreamError("invalid-data", String(error), { cause: error });
      child.kill();
    }
  });
  const exit = await child.exited;
  if (!signal.aborted) throw fault ?? child.failure(exit);
}
