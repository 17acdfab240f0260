import { connect } from "node:net";
import { StreamError } from "../errors.js";
import type { LengthBytes } from "../mjpeg-tcp/length-field.js";
import { LengthPrefixParser } from "../mjpeg-tcp/length-prefix-parser.js";
import { readJpegPayload } from "../pickle/read-jpeg-payload.js";
import { formatStreamUrl, readParameters, type StreamUrl } from "../stream-url.js";
import type { Source, SourceContext, SourceSink } from "./source.js";
import { type ByteFeed, followConnection } from "./tcp-connection.js";

const SCHEME = "mjpeg-tcp";
const PORT = 8888;
const PARAMETERS = { length: { kind: "word", words: ["4", "8"] } } as const;
/** A sender that pauses this long between pictures has no backlog. */
const LIVE_PAUSE_MS = 8;

/**
 * `mjpeg-tcp://host:8888` connects to a sender of MJPEG over TCP: each picture a little-endian length and a payload, a
 * plain JPEG or a Python pickle of one. Whether lengths have 4 or 8 bytes is seen from the first; `?length=4|8` decides.
 * @throws StreamError `invalid-url`
 */
export function openMjpegTcpSource(url: StreamUrl, context: SourceContext): Source {
  const { length } = readParameters(url, PARAMETERS);
  const lengthBytes = length && (Number(length) as LengthBytes);
  const { host, port = PORT } = url;
  if (host === "") {
    throw new StreamError("invalid-url", `${url.text}: names no host; ${SCHEME}://host:${port}`);
  }
  const address = formatStreamUrl(SCHEME, host, port);
  let told = false;
  // Whoever sends one such payload sends many.
  const tellRefusal = ({ code, message }: StreamError): void => {
    if (!told) context.logger.warn({ url: address, code }, `a payload is refused: ${message}`);
    told = true;
  };
  return {
    retryCeilingMs: 100,
    async run(sink, signal) {
      const parser = new LengthPrefixParser(lengthBytes);
      const feed = new PictureFeed({ parser, sink, clock: context.clock, onRefused: tellRefusal });
      const socket = connect({ host, port, noDelay: true });
      const { connectTimeoutMs } = context;
      return followConnection(socket, { scheme: SCHEME, address, sink, signal, feed, connectTimeoutMs });
    },
  };
}

interface PictureFeedOptions extends Pick<SourceContext, "clock"> {
  parser: LengthPrefixParser;
  sink: SourceSink;
  onRefused(error: StreamError): void;
}

/** Makes access units of a connection's bytes; a payload that is no picture counts as one that did not arrive. */
class PictureFeed implements ByteFeed {
  readonly #options: PictureFeedOptions;
  #lastBytesMs = 0;

  constructor(options: PictureFeedOptions) {
    this.#options = options;
  }

  bytes(chunk: Buffer): void {
    const { parser, sink, clock } = this.#options;
    const nowMs = clock.now();
    if (!parser.pending && nowMs - this.#lastBytesMs > LIVE_PAUSE_MS) sink.live();
    this.#lastBytesMs = nowMs;
    parser.push(chunk, (payload) => this.#picture(payload, nowMs));
  }

  close(): void {
    if (this.#options.parser.pending) this.#options.sink.lost(1);
  }

  #picture(payload: Buffer, receivedAtMs: number): void {
    const { sink, onRefused } = this.#options;
    let data: Buffer;
    try {
      data = readJpegPayload(payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      sink.lost(1);
      onRefused(error);
      return;
    }
    sink.unit({ codec: "mjpeg", data, keyframe: true, receivedAtMs });
  }
}
