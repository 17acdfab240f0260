import { once } from "node:events";
import { bindFailure } from "../../lib/bind-failure.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError, type StreamErrorCode } from "../../lib/errors.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import { Admission, type AdmissionRules } from "../chunked-udp/admission.js";
import type { ClientCaps } from "../chunked-udp/chunked-clients.js";
import { type ChunkedCounters, ChunkedServer } from "../chunked-udp/chunked-server.js";
import { CLIENTS_HAVE_SOCKETS } from "../chunked-udp/client-channel.js";
import { type Listener, openListener } from "../chunked-udp/open-listener.js";
import { JpegOutputCamera } from "../jpeg/jpeg-output-camera.js";
import type { Output, OutputContext, OutputStats } from "./output.js";

/** How a chunked UDP output is set up. */
export interface ChunkedUdpOutputOptions extends AdmissionRules, ClientCaps {
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** What goes to all clients together, in millions of bits a second. */
  maxMbps: number;
  /** Of pictures that are coded here, 1 to 100. */
  jpegQuality: number;
}

/** Figures of a chunked UDP output. */
export interface ChunkedUdpStats extends OutputStats {
  /** Datagrams that the system refused to send. */
  sendErrors: number;
  /** Datagrams that meant nothing, or came from somebody who is no client. */
  ignoredDatagrams: number;
}

/** The camera's pictures as JPEG, in datagrams, for those who register. */
export class ChunkedUdpOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: ChunkedUdpOutputOptions;
  readonly #admission: Admission;
  readonly #counters: ChunkedCounters = { sentBytes: 0, droppedUnits: 0, sendErrors: 0, ignoredDatagrams: 0 };
  readonly #told = new Set<string>();
  #port: number;
  #camera: JpegOutputCamera | undefined;
  #server: ChunkedServer | undefined;

  constructor(options: ChunkedUdpOutputOptions) {
    this.#options = options;
    this.#admission = new Admission(options);
    this.#port = options.port;
  }

  get url(): string {
    return formatStreamUrl("chunked-udp", this.#options.host, this.#port);
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const place = { host: this.#options.host, port: this.#port, shared: CLIENTS_HAVE_SOCKETS };
    const listener = await openListener(place, signal).catch((error) => {
      if (!signal.aborted) throw bindFailure({ ...place, url: this.url }, error);
    });
    if (!listener) return;
    // A port that was free once is kept, so that clients find it again after a restart.
    this.#port = listener.place.port;
    const camera = new JpegOutputCamera({ url: this.url, jpegQuality: this.#options.jpegQuality }, context);
    const server = this.#serve(listener, camera, context);
    this.#camera = camera;
    this.#server = server;
    try {
      context.ready();
      await once(listener.socket, "close", { signal });
    } catch (error) {
      if (!signal.aborted) throw this.#error("connection-lost", (error as Error).message, error);
    } finally {
      this.#camera = undefined;
      this.#server = undefined;
      this.#counters.droppedUnits += camera.droppedUnits;
      listener.socket.on("error", () => {});
      const closed = once(listener.socket, "close");
      listener.socket.close();
      await Promise.all([camera.close(), server.close(), closed]);
    }
  }

  unit(unit: AccessUnit): void {
    this.#camera?.unit(unit);
  }

  stats(): ChunkedUdpStats {
    const unmade = this.#camera?.droppedUnits ?? 0;
    const droppedUnits = this.#counters.droppedUnits + unmade;
    return { url: this.url, clients: this.#server?.clients ?? 0, ...this.#counters, droppedUnits };
  }

  #serve(listener: Listener, { feed }: JpegOutputCamera, context: OutputContext): ChunkedServer {
    const { clock, logger, warning } = context;
    const { maxMbps } = this.#options;
    return new ChunkedServer({
      ...{ listener, feed, clock, logger, maxMbps, url: this.url },
      ...{ admission: this.#admission, caps: this.#options, counters: this.#counters },
      warn: (subject, code, message) => {
        if (this.#told.has(subject)) return;
        this.#told.add(subject);
        warning(this.#error(code, message));
      },
    });
  }

  #error(code: StreamErrorCode, problem: string, cause?: unknown): StreamError {
    return new StreamError(code, `${this.url}: ${problem}`, cause === undefined ? {} : { cause });
  }
}
