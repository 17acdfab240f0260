import { once } from "node:events";
import { Authenticator } from "../../lib/auth/authenticator.js";
import type { Credentials } from "../../lib/auth/credentials.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { multicastInterfaces } from "../../lib/network-interfaces.js";
import { formatRtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { acquireRtspServer } from "../../lib/rtsp/server-registry.js";
import { LivePath } from "../rtsp/live-path.js";
import type { MulticastPlace } from "../rtsp/multicast-ports.js";
import type { RtspCounters } from "../rtsp/rtp-delivery.js";
import type { Output, OutputContext, OutputStats } from "./output.js";

/** How an RTSP output is set up. */
export interface RtspOutputOptions {
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. Outputs of one process with the same host and port share it. */
  port: number;
  /** With its slash, without one at the end. */
  path: string;
  /** What everybody is asked for; absent: nothing. */
  credentials?: Credentials;
  /** What a client is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way to a client may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
  /** Sessions at a time; more are refused. */
  maxClients: number;
  /** Whether each picture ends with an access unit delimiter, which spares some players a picture of delay. */
  aud: boolean;
  /** Where a multicast stream goes that a client asks for; absent: there is none. */
  multicast?: MulticastPlace;
}

/** The stream for RTSP clients, which choose how they get it: UDP, through the connection itself, or multicast. */
export class RtspOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: RtspOutputOptions;
  readonly #counters: RtspCounters = { sentBytes: 0, droppedUnits: 0, sendErrors: 0 };
  #port: number;
  #path: LivePath | undefined;

  constructor(options: RtspOutputOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get url(): string {
    const { host, path } = this.#options;
    return formatRtspUrl({ scheme: "rtsp", host, port: this.#port, path, parameters: [], credentials: undefined });
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const { clock, logger } = context;
    const { host, multicast, credentials } = this.#options;
    if (multicast?.interface) multicastInterfaces(multicast.interface, multicast.address.includes(":") ? 6 : 4);
    const lease = await acquireRtspServer({ host, port: this.#port, clock, logger }, signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (!lease) return;
    // A port that was free once is kept, so that clients find it again after a restart.
    this.#port = lease.server.port;
    const path = new LivePath({
      ...{ ...this.#options, context, counters: this.#counters, url: this.url },
      ...(credentials && { authenticator: new Authenticator(credentials, clock) }),
    });
    try {
      lease.server.add(path);
      for (const unit of context.gop.units()) path.unit(unit);
      this.#path = path;
      context.ready();
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      this.#path = undefined;
      const closed = path.close();
      lease.server.remove(path);
      await closed;
      await lease.release();
    }
  }

  unit(unit: AccessUnit): void {
    this.#path?.unit(unit);
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#path?.clients ?? 0, ...this.#counters };
  }
}
