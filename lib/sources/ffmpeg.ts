import { redact } from "../redact.js";
import { type FfmpegInput, ffmpegInputs } from "./ffmpeg-input.js";
import { runFfmpeg } from "./ffmpeg-run.js";
import type { Source, SourceContext, SourceSink } from "./source.js";

/**
 * Whatever ffmpeg opens, by ffmpeg as demuxer: `srt://`, `rtmp://`, `http://`, a file (played at its own speed),
 * `/dev/video0`, `avfoundation:0`, `dshow:video=Name`, and of `rtsp://` what our own client does not read. Nothing is
 * decoded or coded anew.
 *
 * @throws StreamError `invalid-url`
 */
export function openFfmpegSource(url: string, context: SourceContext): Source {
  return new FfmpegSource(url, context);
}

class FfmpegSource implements Source {
  readonly retryCeilingMs = 2_000;
  readonly #url: string;
  readonly #context: SourceContext;
  readonly #inputs: FfmpegInput[];
  /** The way that is to be tried next: the one that worked, or the one after that which did not. */
  #index = 0;

  constructor(url: string, context: SourceContext) {
    this.#url = redact(url);
    this.#context = context;
    this.#inputs = ffmpegInputs(url, context);
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    const { clock, connectTimeoutMs, logger } = this.#context;
    const command = await this.#context.ffmpeg();
    const deadlineMs = clock.now() + connectTimeoutMs;
    for (let input = this.#inputs[this.#index]; input && !signal.aborted; input = this.#inputs[this.#index]) {
      const common = { command, url: this.#url, sink, context: this.#context };
      const end = await runFfmpeg({ ...common, input, deadlineMs }, signal);
      if (end === undefined) return;
      if (!end.undecided) throw end.error;
      const isLast = this.#index === this.#inputs.length - 1;
      this.#index = isLast ? 0 : this.#index + 1;
      if (isLast || clock.now() >= deadlineMs) throw end.error;
      logger.debug({ url: this.#url, reason: end.error.message }, "opening it again, looking longer");
    }
  }
}
