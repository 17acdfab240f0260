import { StreamError } from "../errors.js";
import { redact } from "../redact.js";
import { formatRtspUrl, parseRtspUrl, type RtspUrl } from "../rtsp/rtsp-url.js";
import { openFfmpegSource } from "./ffmpeg.js";
import { type RtspOutcome, type RtspSessionOptions, runRtspSession } from "./rtsp-session.js";
import type { RtspTransportName } from "./rtsp-transport.js";
import type { Source, SourceContext, SourceSink } from "./source.js";

const MAX_REDIRECTS = 5;
const TRANSPORTS: readonly RtspTransportName[] = ["udp", "tcp", "multicast"];
/** What is ended before a picture came says that this transport does not work, if it had so much time. */
const SUSPICIOUS_MS = 500;

type Order = RtspSessionOptions["transports"];

/** What is ours of a URL's parameters; the camera never sees it. */
interface OwnParameters {
  transport: RtspTransportName | undefined;
  insecure: boolean;
}

/**
 * `rtsp://user:password@host:554/path`, or `rtsps://` with TLS: plays the first video track of H.264, H.265, JPEG or
 * MPEG-TS. By default UDP comes first, then TCP, and with TLS only that; `?transport=udp|tcp|multicast` decides.
 * `?insecure=1` takes any certificate. Video of another format goes to ffmpeg by itself.
 * @throws StreamError `invalid-url`
 */
export function openRtspSource(text: string, context: SourceContext): Source {
  const parsed = parseRtspUrl(text);
  if (parsed.host === "") throw new StreamError("invalid-url", `${text}: names no host; rtsp://host:554/path`);
  const { transport, insecure } = readOwnParameters(text, parsed.parameters);
  const url = { ...parsed, parameters: parsed.parameters.filter((parameter) => !isOwn(parameter)) };
  return new RtspSource({ text, url, transport, insecure }, context);
}

class RtspSource implements Source {
  readonly retryCeilingMs = 500;
  readonly #options: OwnParameters & { text: string; url: RtspUrl };
  readonly #context: SourceContext;
  /** Takes over for formats that are not read here. */
  #ffmpeg: Source | undefined;
  /** What brought pictures, where UDP did not. */
  #prefersTcp = false;

  constructor(options: OwnParameters & { text: string; url: RtspUrl }, context: SourceContext) {
    this.#options = options;
    this.#context = context;
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    if (this.#ffmpeg) return this.#ffmpeg.run(sink, signal);
    let { url } = this.#options;
    let transports = this.#order();
    let redirects = 0;
    for (;;) {
      const outcome = await this.#session({ url, transports, sink }, signal);
      if (outcome.name === "stopped") return;
      if (outcome.name === "foreign-codec") return this.#handOver(outcome.encoding, sink, signal);
      if (outcome.name === "silent") {
        transports = outcome.rest;
        this.#context.logger.info({ transport: transports[0] }, redact(`${outcome.why}; trying ${transports[0]}`));
      } else {
        if (++redirects > MAX_REDIRECTS) {
          const message = `${formatRtspUrl(url)}: the server redirects more than ${MAX_REDIRECTS} times`;
          throw new StreamError("connect-failed", message);
        }
        url = outcome.url;
      }
    }
  }

  /** One session; learns from it how the next one is best begun. */
  async #session(
    options: Pick<RtspSessionOptions, "url" | "transports" | "sink">,
    signal: AbortSignal,
  ): Promise<RtspOutcome> {
    const { clock } = this.#context;
    let awaited: { transport: RtspTransportName; sinceMs: number } | undefined;
    try {
      return await runRtspSession(
        {
          ...{ ...options, context: this.#context, insecure: this.#options.insecure },
          onPlaying: (transport) => {
            awaited ??= { transport, sinceMs: clock.now() };
          },
          onPicture: (transport) => {
            awaited = { transport, sinceMs: Number.POSITIVE_INFINITY };
            this.#prefersTcp = transport === "tcp";
          },
        },
        signal,
      );
    } finally {
      // Where TCP brought nothing either, UDP is not to blame.
      if (awaited && clock.now() - awaited.sinceMs > SUSPICIOUS_MS) this.#prefersTcp = awaited.transport === "udp";
    }
  }

  #order(): Order {
    const { transport } = this.#options;
    if (transport) return [transport];
    // Packets by UDP are not encrypted.
    if (this.#options.url.scheme === "rtsps") return ["tcp"];
    return this.#prefersTcp ? ["tcp", "udp"] : ["udp", "tcp"];
  }

  #handOver(encoding: string, sink: SourceSink, signal: AbortSignal): Promise<void> {
    const { text, url } = this.#options;
    this.#context.logger.info({ encoding }, redact(`${formatRtspUrl(url)}: ${encoding} is read by ffmpeg`));
    this.#ffmpeg = openFfmpegSource(text, this.#context);
    return this.#ffmpeg.run(sink, signal);
  }
}

function isOwn(parameter: string): boolean {
  return /^(?:transport|insecure)(?:=|$)/.test(parameter);
}

function readOwnParameters(text: string, parameters: readonly string[]): OwnParameters {
  const values = new Map<string, string>();
  for (const [name = "", value = ""] of parameters.filter(isOwn).map((parameter) => parameter.split(/=(.*)/s))) {
    if (values.has(name)) throw new StreamError("invalid-url", `${text}: parameter "${name}" is given twice`);
    values.set(name, value);
  }
  const transport = values.get("transport");
  const known = TRANSPORTS.find((name) => name === transport);
  if (transport !== undefined && !known) {
    const allowed = TRANSPORTS.join(", ");
    throw new StreamError("invalid-url", `${text}: transport "${transport}" is unknown; allowed: ${allowed}`);
  }
  const insecure = values.get("insecure");
  if (insecure !== undefined && !["", "0", "1"].includes(insecure)) {
    throw new StreamError("invalid-url", `${text}: insecure=${insecure} is not allowed; it must be 0 or 1`);
  }
  return { transport: known, insecure: insecure !== undefined && insecure !== "0" };
}
