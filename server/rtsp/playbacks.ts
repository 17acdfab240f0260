import { isIPv6 } from "node:net";
import type { Clock } from "../../lib/clock.js";
import type { RtspClient } from "../../lib/rtsp/server-path.js";
import { statusError } from "../../lib/rtsp/status-error.js";
import type { Pair, Transport } from "../../lib/rtsp/transport-header.js";
import { BoundedWriter } from "../outputs/bounded-writer.js";
import { takeChannels } from "./channel-pairs.js";
import { datagramTarget } from "./datagram-target.js";
import { MulticastGroup } from "./multicast-group.js";
import { type MulticastPlace, openMulticastPorts } from "./multicast-ports.js";
import type { Playback } from "./playback.js";
import type { RtpDelivery, RtspCounters } from "./rtp-delivery.js";
import type { RtpFeed } from "./rtp-feed.js";
import { RtpFlow } from "./rtp-flow.js";
import { TcpDelivery } from "./tcp-delivery.js";
import { UdpDelivery } from "./udp-delivery.js";
import { openUdpPorts, type UdpPorts } from "./udp-ports.js";

/** Below are the ports of a system's services. @see RFC 6335 section 6 */
const FIRST_FREE_PORT = 1_024;

/** What {@link Playbacks} work with. */
export interface PlaybacksOptions {
  join: "gop" | "keyframe";
  maxBacklogMs: number;
  /** Absent: there is no multicast. */
  multicast?: MulticastPlace;
  clock: Clock;
  counters: RtspCounters;
  cname: string;
  /** RTCP came from there. */
  onReport(datagram: Buffer, address: string, port: number): void;
  /** A datagram could not be sent. */
  onSendError(error: NodeJS.ErrnoException): void;
  /** A client took nothing for 10 s. */
  onSilent(client: RtspClient): void;
}

/** Who asks, and for what. */
export interface PlaybackRequest {
  client: RtspClient;
  /** What is played; asked for when everything is open, and then it is used. */
  feed(): RtpFeed;
  join?: "keyframe";
}

/** Opens what sessions play, and the sockets that they share: a pair for each of our addresses, one for multicast. */
export class Playbacks {
  readonly #options: PlaybacksOptions;
  readonly #ports = new Map<string, Promise<UdpPorts>>();
  #group: MulticastGroup | undefined;
  #closed = false;

  constructor(options: PlaybacksOptions) {
    this.#options = options;
  }

  /**
   * By the first of the client's transports that is possible.
   * @throws StreamError of status 461 where none is
   */
  async open(transports: readonly Transport[], request: PlaybackRequest): Promise<Playback> {
    const reasons: string[] = [];
    for (const transport of transports) {
      const reason = this.#objection(transport, request.client);
      if (reason === undefined) {
        try {
          return await this.#open(transport, request);
        } catch (error) {
          reasons.push((error as Error).message);
        }
      } else reasons.push(reason);
    }
    throw statusError(461, `no transport suits: ${reasons.join("; ")}`);
  }

  /** Resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#group?.close();
    const ports = [...this.#ports.values()];
    this.#ports.clear();
    await Promise.all(ports.map((opened) => opened.then(({ close }) => close()).catch(() => {})));
  }

  /** Why a transport is impossible for this client. */
  #objection(transport: Transport, { remoteAddress }: RtspClient): string | undefined {
    const { protocol, multicast, clientPort, destination } = transport;
    if (transport.mode === "record") return "this is for playing";
    if (multicast) return this.#multicastObjection(transport, remoteAddress);
    // Whoever asks could else have a flood sent to somebody who did not.
    if (destination !== undefined && destination !== remoteAddress) return `${destination} is not who asks`;
    if (protocol === "tcp") return undefined;
    if (!clientPort) return "client_port is missing";
    // Behind the same NAT, or on the same machine, may be others, whose services those are.
    return Math.min(...clientPort) < FIRST_FREE_PORT ? `client_port ${clientPort[0]} is a system's` : undefined;
  }

  #multicastObjection({ protocol }: Transport, remoteAddress: string): string | undefined {
    const { multicast } = this.#options;
    if (!multicast || protocol === "tcp") return "there is no multicast";
    const sameFamily = isIPv6(multicast.address) === isIPv6(remoteAddress);
    return sameFamily ? undefined : `the multicast group ${multicast.address} is of the other family`;
  }

  #open(transport: Transport, request: PlaybackRequest): Promise<Playback> | Playback {
    if (transport.multicast) return this.#multicast(request, this.#options.multicast as MulticastPlace);
    if (transport.protocol === "udp") return this.#udp(request, transport.clientPort as Pair);
    return this.#tcp(request, transport.interleaved);
  }

  #tcp(request: PlaybackRequest, wanted: Pair | undefined): Playback {
    const { clock, maxBacklogMs, onSilent } = this.#options;
    const { client } = request;
    const feed = request.feed();
    const { channels, release: onClose } = takeChannels(client.socket, wanted);
    const writer = new BoundedWriter({ socket: client.socket, clock, maxBacklogMs, onSilent: () => onSilent(client) });
    return this.#flow(request, feed, new TcpDelivery({ writer, channels, ssrc: feed.ssrc, onClose }));
  }

  async #udp(request: PlaybackRequest, clientPort: Pair): Promise<Playback> {
    const { clock, onSendError, onReport } = this.#options;
    const { remoteAddress: address, localAddress } = request.client;
    const ports = await this.#shared(localAddress, () =>
      openUdpPorts(localAddress, { onReport, onError: onSendError }),
    );
    const feed = request.feed();
    const transport: Transport = {
      ...({ protocol: "udp", multicast: false, mode: "play" } as const),
      ...{ clientPort, serverPort: ports.numbers, ssrc: feed.ssrc },
      // The zone of a link-local address means something on this machine only, and without it nothing.
      ...(!localAddress.includes("%") && { source: localAddress }),
    };
    const rtp = datagramTarget(ports.rtp, { address, port: clientPort[0] }, onSendError);
    const rtcp = datagramTarget(ports.rtcp, { address, port: clientPort[1] }, onSendError);
    return this.#flow(request, feed, new UdpDelivery({ transport, rtp, rtcp, clock }));
  }

  async #multicast(request: PlaybackRequest, place: MulticastPlace): Promise<Playback> {
    const { clock, onSendError, onReport } = this.#options;
    const { address, ttl } = place;
    const ports = await this.#shared(address, () => openMulticastPorts(place, { onReport, onError: onSendError }));
    const feed = request.feed();
    if (!this.#group?.plays(feed)) {
      const transport: Transport = {
        ...({ protocol: "udp", multicast: true, mode: "play" } as const),
        ...{ destination: address, port: ports.numbers, ttl, ssrc: feed.ssrc },
      };
      const rtp = datagramTarget(ports.rtp, { address, port: ports.numbers[0] }, onSendError);
      const rtcp = datagramTarget(ports.rtcp, { address, port: ports.numbers[1] }, onSendError);
      this.#group?.close();
      this.#group = new MulticastGroup(this.#flow(request, feed, new UdpDelivery({ transport, rtp, rtcp, clock })));
    }
    return this.#group.share();
  }

  #flow({ join }: PlaybackRequest, feed: RtpFeed, delivery: RtpDelivery): RtpFlow {
    const { clock, counters, cname } = this.#options;
    return new RtpFlow({ feed, delivery, join: join ?? this.#options.join, clock, counters, cname });
  }

  /** The sockets of one of our addresses or a group, opened for the first who needs them. */
  #shared(address: string, open: () => Promise<UdpPorts>): Promise<UdpPorts> {
    if (this.#closed) throw statusError(503, "the stream has ended");
    const known = this.#ports.get(address);
    if (known) return known;
    const opened = open();
    this.#ports.set(address, opened);
    opened.catch(() => this.#ports.delete(address));
    return opened;
  }
}
