import { once } from "node:events";
import { extname } from "node:path";
import { PassThrough } from "node:stream";
import { fourccOf } from "../lib/codecs/fourcc.js";
import { ivfFrameHeader, ivfHeader } from "../lib/codecs/ivf.js";
import { type StreamParameters, sameParameters, streamParameters } from "../lib/codecs/stream-parameters.js";
import { type AccessUnit, StreamError } from "../lib/index.js";
import { DEEPEST_REORDERING, DisplayTimes, type TimedUnit } from "./display-times.js";
import { type FfmpegJob, startFfmpegJob } from "./ffmpeg-job.js";
import { CONTAINER_OPTIONS, checkContainer } from "./recording-containers.js";
import { RecordingTimeline } from "./recording-timeline.js";

/** How long ffmpeg may take to write the file's end. */
const FINISH_MS = 5_000;

interface RecordingParts {
  output: string;
  first: AccessUnit;
  parameters: StreamParameters | undefined;
  input: PassThrough;
  job: FfmpegJob;
}

/** One file that access units go into as they are, through an ffmpeg that only packs them. */
export class Recording {
  /** Of the pictures so far. */
  pictures = 0;
  bytes = 0;
  /** Time of the latest picture, in seconds. */
  seconds = 0;
  readonly #output: string;
  readonly #parameters: StreamParameters | undefined;
  readonly #timeline: RecordingTimeline;
  /** Where pictures are reordered and nothing but their coding tells it. */
  readonly #displayTimes: DisplayTimes | undefined;
  readonly #input: PassThrough;
  readonly #job: FfmpegJob;

  /**
   * Begins a file with the keyframe `first`, which still has to be written.
   * @throws StreamError `unsupported` where such a file cannot hold the format, `ffmpeg-missing`, `ffmpeg-too-old`
   */
  static async begin(output: string, first: AccessUnit): Promise<Recording> {
    checkContainer(output, first.codec);
    const parameters = streamParameters(first);
    const input = new PassThrough({ highWaterMark: 1024 * 1024 });
    const { width, height } = parameters ?? first.size ?? { width: 0, height: 0 };
    input.write(ivfHeader({ fourcc: fourccOf(first), width, height }));
    const container = CONTAINER_OPTIONS[extname(output).toLowerCase()] ?? [];
    const job = await startFfmpegJob({
      ...{ input, output },
      inputOptions: inputOptions(first),
      outputOptions: [
        ...["-c", "copy", ...decodingTimes(parameters), ...tag(first, output)],
        ...[...container, "-flush_packets", "1"],
      ],
    });
    return new Recording({ output, first, parameters, input, job });
  }

  private constructor(parts: RecordingParts) {
    const reorders = parts.parameters?.reorders ?? false;
    const hasDisplayTimes = parts.first.mediaTimeMs !== undefined;
    this.#output = parts.output;
    this.#parameters = parts.parameters;
    this.#timeline = new RecordingTimeline(reorders && hasDisplayTimes);
    this.#displayTimes = reorders && !hasDisplayTimes ? new DisplayTimes() : undefined;
    this.#input = parts.input;
    this.#job = parts.job;
  }

  /**
   * Writes one picture; resolves when the next one may come.
   * @throws StreamError `unsupported` when it is of another format, `process-failed` when ffmpeg has ended
   */
  async write(unit: AccessUnit): Promise<void> {
    this.#refuseOtherFormat(unit);
    const timeUs = this.#timeline.next(unit);
    if (timeUs === undefined) return;
    const timed = this.#displayTimes?.push(unit, timeUs) ?? [{ unit, timeUs }];
    for (const next of timed) await this.#write(next);
  }

  /** Completes the file. @throws StreamError `process-failed` */
  async finish(): Promise<void> {
    for (const last of this.#displayTimes?.flush() ?? []) await this.#write(last);
    this.#input.end();
    const limit = setTimeout(() => this.#job.kill(), FINISH_MS);
    try {
      await this.#job.done;
    } finally {
      clearTimeout(limit);
      // Ctrl-C on a terminal ends ffmpeg as well, which then leaves out what it has not read.
      this.pictures = this.#job.pictures ?? this.pictures;
    }
  }

  async #write({ unit, timeUs }: TimedUnit): Promise<void> {
    this.pictures++;
    this.bytes += unit.data.length;
    this.seconds = Math.max(this.seconds, Number(timeUs) / 1_000_000);
    this.#input.write(ivfFrameHeader(unit.data.length, timeUs));
    if (this.#input.write(unit.data)) return;
    const drained = new AbortController();
    // Nothing drains any more once ffmpeg is gone.
    await Promise.race([once(this.#input, "drain", { signal: drained.signal }), this.#job.done]);
    drained.abort();
  }

  #refuseOtherFormat(unit: AccessUnit): void {
    const now = unit.keyframe ? streamParameters(unit) : undefined;
    const before = this.#parameters;
    if (!now || !before || sameParameters(before, now)) return;
    const name = ({ codec, width, height }: StreamParameters): string => `${codec} ${width}x${height}`;
    throw new StreamError(
      "unsupported",
      `the stream changed from ${name(before)} to ${name(now)}, which one file cannot hold; ${this.#output} ends there`,
    );
  }
}

function inputOptions({ codec }: AccessUnit): string[] {
  return [
    // The first picture tells it all; of other formats, ffmpeg wants to see more.
    ...(codec === "h264" || codec === "h265" ? ["-probesize", "32", "-analyzeduration", "0"] : []),
    // ffmpeg's table of IVF codes lacks this one.
    ...(codec === "h265" ? ["-c:v", "hevc"] : []),
    ...["-f", "ivf"],
  ];
}

// From times of display ffmpeg works out times of decoding, but those of the first pictures of a stream that reorders
// are guesses, sometimes after their display. Any that come before everything else are right.
function decodingTimes(parameters: StreamParameters | undefined): string[] {
  if (!parameters?.reorders) return [];
  const first = DEEPEST_REORDERING + 1;
  return ["-bsf:v", `setts=pts=PTS:dts=if(lt(N\\,${first})\\,STARTPTS+(N-${first})*0.001/TB\\,DTS)`];
}

// Apple's players know H.265 by this tag only.
function tag({ codec }: AccessUnit, output: string): string[] {
  return codec === "h265" && /\.mp4$/i.test(output) ? ["-tag:v", "hvc1"] : [];
}
