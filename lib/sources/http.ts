import { StreamError } from "../errors.js";
import { type HttpUrl, parseHttpUrl, withoutInsecure } from "../http/http-url.js";
import { type HttpStream, openHttpStream } from "../http/open-http-stream.js";
import { redact } from "../redact.js";
import { openFfmpegSource } from "./ffmpeg.js";
import { followHttpPictures } from "./http-pictures.js";
import type { Source, SourceContext, SourceSink } from "./source.js";

/** What ffmpeg reads, as the path says: asking the server first would only take time. */
const FOR_FFMPEG =
  /^https?:\/\/[^/?#]*\/[^?#]*\.(?:m3u8?|mpd|mp4|m4v|mov|3gp|m?ts|m2ts|mkv|webm|flv|avi|og[gv]|mpe?g|wmv|asf|nut|ivf|h?26[45]|hevc)(?:[?#]|$)/i;

/**
 * `http://user:password@host/path` or `https://`: MJPEG over HTTP (`multipart/x-mixed-replace`), as ESP32-CAM,
 * mjpg-streamer, uStreamer and many other cameras send it. Whatever else the server answers with is left to ffmpeg, and
 * so is a URL whose path says that it is something else. With `https`, `?insecure=1` takes any certificate; the rest of
 * the URL is the camera's.
 * @throws StreamError `invalid-url`
 */
export function openHttpSource(text: string, context: SourceContext): Source {
  if (FOR_FFMPEG.test(text)) return openFfmpegSource(text, context);
  return new HttpSource(text, context);
}

class HttpSource implements Source {
  readonly retryCeilingMs = 500;
  readonly #url: HttpUrl;
  readonly #context: SourceContext;
  /** For what is not read here. */
  readonly #ffmpeg: Source;

  constructor(text: string, context: SourceContext) {
    this.#url = parseHttpUrl(text);
    this.#context = context;
    this.#ffmpeg = openFfmpegSource(withoutInsecure(text), context);
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    const stream = await this.#open(signal);
    if (!stream) return;
    const { answer, type, url } = stream;
    if (type.name.startsWith("multipart/")) {
      return followHttpPictures({ stream, sink, clock: this.#context.clock }, signal);
    }
    await answer.close();
    if (signal.aborted) return;
    if (type.name === "text/html") throw page(url);
    // It is asked again each time: what the server has there may change.
    this.#context.logger.debug({ type: type.name }, redact(`${url.href}: no MJPEG, and so left to ffmpeg`));
    return this.#ffmpeg.run(sink, signal);
  }

  /** Undefined where `signal` ended it. */
  async #open(signal: AbortSignal): Promise<HttpStream | undefined> {
    const { clock, connectTimeoutMs } = this.#context;
    try {
      return await openHttpStream({ url: this.#url, clock, connectTimeoutMs }, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}

function page({ href }: URL): StreamError {
  return new StreamError(
    "connect-failed",
    `${href}: the server answers with a page for people, no stream; is the path right?`,
  );
}
