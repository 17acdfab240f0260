import { once } from "node:events";
import { connect } from "node:net";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import { wireBytes } from "./delimiter.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import { requireRawCodec } from "./raw-codec.js";
import { TcpClient, type TcpCounters } from "./tcp-client.js";

const CONNECT_TIMEOUT_MS = 5_000;

/** How a TCP output that connects is set up. */
export interface TcpPushOptions {
  /** The receiver, which waits for us: its name or address, and its port. */
  host: string;
  port: number;
  /** What it is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
}

/** The raw byte stream over one connection that we open, to a receiver that listens. */
export class TcpPushOutput implements Output {
  /** A receiver that is started later gets its picture within this time; asking costs next to nothing. */
  readonly retryCeilingMs = 100;
  readonly url: string;
  readonly #options: TcpPushOptions;
  readonly #counters: TcpCounters = { sentBytes: 0, droppedUnits: 0 };
  #client: TcpClient | undefined;

  constructor(options: TcpPushOptions) {
    this.#options = options;
    this.url = formatStreamUrl("tcp", options.host, options.port);
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const { clock, gop } = context;
    const { host, port, join, maxBacklogMs } = this.#options;
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const silence = new StreamError("connect-failed", `${this.url}: no answer within ${CONNECT_TIMEOUT_MS} ms`);
    const timer = clock.after(CONNECT_TIMEOUT_MS, () => socket.destroy(silence));
    try {
      await once(socket, "connect", { signal });
      timer.cancel();
      const onSilent = (): void =>
        context.warning(new StreamError("stalled", `${this.url}: took nothing for 10 s and is connected anew`));
      this.#client = new TcpClient({ socket, clock, maxBacklogMs, counters: this.#counters, onSilent });
      if (join === "gop") this.#client.join(gop.units());
      context.ready();
      await once(socket, "close", { signal });
      throw new StreamError("connection-lost", `${this.url}: the receiver closed the connection`);
    } catch (error) {
      if (!signal.aborted) throw this.#translate(error);
    } finally {
      timer.cancel();
      this.#client = undefined;
      socket.on("error", () => {});
      socket.destroy();
    }
  }

  unit(unit: AccessUnit): void {
    requireRawCodec(unit.codec);
    this.#client?.send(unit, wireBytes(unit));
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#client ? 1 : 0, ...this.#counters };
  }

  #translate(error: unknown): StreamError {
    if (error instanceof StreamError) return error;
    const code = this.#client ? "connection-lost" : "connect-failed";
    return new StreamError(code, `${this.url}: ${(error as Error).message}`, { cause: error });
  }
}
