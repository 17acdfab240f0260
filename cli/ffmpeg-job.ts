import { resolve } from "node:path";
import type { Readable } from "node:stream";
import createCommand from "fluent-ffmpeg";
import { locateFfmpeg, StreamError } from "../lib/index.js";

const PROGRESS = /^(?:frame|size)=/;

/** One run of ffmpeg that reads from us and writes a file. */
export interface FfmpegJobOptions {
  input: Readable;
  inputOptions: string[];
  outputOptions: string[];
  /** The file's path; it is overwritten. */
  output: string;
}

/** A run under way. */
export interface FfmpegJob {
  /** Resolves when the file is written; rejects with a `process-failed`. */
  done: Promise<void>;
  /** Pictures in the file, as ffmpeg tells every half second and at its end; undefined before. */
  readonly pictures: number | undefined;
  /** Ends it at once. */
  kill(): void;
}

/**
 * Starts ffmpeg.
 * @throws StreamError `ffmpeg-missing`, `ffmpeg-too-old`
 */
export async function startFfmpegJob(options: FfmpegJobOptions): Promise<FfmpegJob> {
  const { path } = await locateFfmpeg();
  const command = createCommand({ source: options.input, stdoutLines: 50 })
    .setFfmpegPath(path)
    .inputOptions(["-hide_banner", "-y", "-stats", "-loglevel", "error", ...options.inputOptions])
    .outputOptions(options.outputOptions)
    // Without the scheme, names such as `-a.mp4` and `cam:1.mp4` mean something else to ffmpeg.
    .output(`file:${resolve(options.output)}`);
  let pictures: number | undefined;
  command.on("progress", ({ frames }: { frames?: number }) => {
    pictures = frames ?? pictures;
  });
  const done = new Promise<void>((settle, reject) => {
    command.on("end", () => settle());
    command.on("error", (error: Error, _stdout, stderr) => reject(jobFailed(options.output, error, stderr)));
  });
  // Whoever started it may be busy feeding it when it fails, and asks later.
  done.catch(() => {});
  command.run();
  return {
    done,
    get pictures() {
      return pictures;
    },
    kill: () => command.kill("SIGKILL"),
  };
}

function jobFailed(output: string, error: Error, stderr: string | null | undefined): StreamError {
  const lines = (stderr ?? "").split(/[\r\n]+/).filter((line) => line.trim() !== "" && !PROGRESS.test(line));
  const said = lines.slice(-3).join(" | ");
  return new StreamError("process-failed", `${output} could not be written: ${said || error.message}`, {
    cause: error,
  });
}
