import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { wireBytes } from "./delimiter.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import { requireRawCodec } from "./raw-codec.js";
import { TcpClient, type TcpCounters } from "./tcp-client.js";
import { TcpListener, type TcpListenerOptions, type TcpVisitor } from "./tcp-listener.js";

/** How a listening TCP output is set up. */
export interface TcpOutputOptions extends Omit<TcpListenerOptions, "scheme"> {
  /** What a client is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way to a client may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
}

/** The raw byte stream for any number of TCP clients: Annex B with delimiters, or JPEG after JPEG. */
export class TcpOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: TcpOutputOptions;
  readonly #listener: TcpListener;
  readonly #clients = new Set<TcpClient>();
  readonly #counters: TcpCounters = { sentBytes: 0, droppedUnits: 0 };

  constructor(options: TcpOutputOptions) {
    this.#options = options;
    this.#listener = new TcpListener({ ...options, scheme: "tcp" });
  }

  get url(): string {
    return this.#listener.url;
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    await this.#listener.run(context, signal, (visitor) => this.#serve(visitor, context));
  }

  unit(unit: AccessUnit): void {
    requireRawCodec(unit.codec);
    if (this.#clients.size === 0) return;
    const wire = wireBytes(unit);
    for (const client of this.#clients) client.send(unit, wire);
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#clients.size, ...this.#counters };
  }

  #serve(visitor: TcpVisitor, { clock, gop }: OutputContext): void {
    const { maxBacklogMs, join } = this.#options;
    const client = new TcpClient({ ...visitor, clock, maxBacklogMs, counters: this.#counters });
    this.#clients.add(client);
    visitor.socket.on("close", () => void this.#clients.delete(client));
    if (join === "gop") client.join(gop.units());
  }
}
