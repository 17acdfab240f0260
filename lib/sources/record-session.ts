import type { StreamError } from "../errors.js";
import { interleavedHead } from "../rtsp/message.js";
import type { RtspClient, RtspMediaSession, SetupReply, SetupRequest } from "../rtsp/server-path.js";
import type { MediaTrack, Presentation } from "../rtsp/session-description.js";
import { statusError } from "../rtsp/status-error.js";
import type { Pair, Transport } from "../rtsp/transport-header.js";
import { openUdpPair } from "../udp-pair.js";
import { closeUdpSockets } from "../udp-socket.js";
import { RtpMedia } from "./rtp-media.js";
import type { PlayableTrack } from "./rtsp-track.js";
import { plainAddress } from "./rtsp-transport.js";
import type { SourceContext, SourceSink } from "./source.js";

/** Reports to a publisher that reads nothing are not piled up. */
const MOST_UNSENT_BYTES = 64 * 1024;

/** What a publisher has announced. */
export interface Announcement {
  presentation: Presentation;
  /** The one of its tracks that is received. */
  track: PlayableTrack;
}

/** What a {@link RecordSession} works with. */
export interface RecordSessionOptions {
  client: RtspClient;
  announcement: Announcement;
  sink: SourceSink;
  context: SourceContext;
  /** It is about to send; throws a `statusError` where it must not. */
  onRecord(session: RecordSession): void;
  /** It sends no more; with what went wrong, if anything did. */
  onGone(session: RecordSession, error: StreamError | undefined): void;
}

/** How one track comes. */
interface Intake {
  transport: Transport;
  sendRtcp(packet: Buffer): void;
  close(): void;
}

/** One publisher's session: takes the video track, and lets the others come to nothing. */
export class RecordSession implements RtspMediaSession {
  readonly client: RtspClient;
  aliveAtMs: number;
  readonly #options: RecordSessionOptions;
  /** By the track's URL. */
  readonly #intakes = new Map<string, Intake>();
  #media: RtpMedia | undefined;
  #closed = false;

  constructor(options: RecordSessionOptions) {
    this.#options = options;
    this.client = options.client;
    this.aliveAtMs = options.context.clock.now();
  }

  get livesByConnection(): boolean {
    return [...this.#intakes.values()].every(({ transport }) => transport.protocol === "tcp");
  }

  async setup(request: SetupRequest): Promise<SetupReply> {
    const track = this.#trackOf(request);
    const wanted = request.transports.find(isPossible);
    if (!wanted) throw statusError(461, "publish by RTP/AVP/TCP, or by RTP/AVP with a client_port");
    this.#intakes.get(track.url)?.close();
    const intake = wanted.protocol === "tcp" ? this.#openTcp(wanted) : await this.#openUdp(wanted, track);
    if (this.#closed) {
      intake.close();
      throw statusError(454, "the session was closed meanwhile");
    }
    this.#intakes.set(track.url, intake);
    return { transport: intake.transport };
  }

  record(): void {
    const { announcement, sink, context, onRecord, onGone } = this.#options;
    const { track } = announcement;
    const intake = this.#intakes.get(track.url);
    if (!intake) throw statusError(455, "RECORD without SETUP of the video track");
    // Some repeat it.
    if (this.#media) return;
    onRecord(this);
    this.aliveAtMs = context.clock.now();
    this.#media = new RtpMedia({
      ...{ track, sink, clock: context.clock, sendRtcp: (packet) => intake.sendRtcp(packet), onStarted() {} },
      onEnded: (error) => {
        // After its BYE comes a TEARDOWN, or the end of the connection.
        if (error.code !== "stream-ended") onGone(this, error);
      },
    });
  }

  interleaved(channel: number, data: Buffer): void {
    const channels = this.#intakes.get(this.#options.announcement.track.url)?.transport.interleaved;
    if (channels?.[0] === channel) this.#rtp(data);
    else if (channels?.[1] === channel) this.#media?.rtcp(data);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#media?.close();
    for (const intake of this.#intakes.values()) intake.close();
    this.#options.onGone(this, undefined);
  }

  #rtp(packet: Buffer): void {
    this.aliveAtMs = this.#options.context.clock.now();
    this.#media?.rtp(packet);
  }

  #trackOf({ url, track: name }: SetupRequest): MediaTrack {
    const { tracks } = this.#options.announcement.presentation;
    const only = tracks.length === 1 && name === "" ? tracks[0] : undefined;
    const track = only ?? tracks.find((known) => known.url === url || (name !== "" && known.url.endsWith(`/${name}`)));
    if (!track) throw statusError(404, `no track ${name} was announced`);
    return track;
  }

  #openTcp({ interleaved }: Transport): Intake {
    const { socket } = this.client;
    const next = 2 * this.#intakes.size;
    const channels: Pair = interleaved ?? [next, next + 1];
    return {
      transport: { protocol: "tcp", multicast: false, interleaved: channels, mode: "record" },
      sendRtcp(packet) {
        if (!socket.writable || socket.writableLength > MOST_UNSENT_BYTES) return;
        socket.write(Buffer.concat([interleavedHead(channels[1], packet.length), packet]));
      },
      close() {},
    };
  }

  async #openUdp({ clientPort = [0, 0] }: Transport, track: MediaTrack): Promise<Intake> {
    const { remoteAddress, localAddress } = this.client;
    const sockets = await openUdpPair(localAddress).catch((error: Error) => {
      throw statusError(461, error.message);
    });
    if (track.url === this.#options.announcement.track.url) {
      const takers = [(packet: Buffer) => this.#rtp(packet), (packet: Buffer) => this.#media?.rtcp(packet)];
      for (const [index, socket] of sockets.entries()) {
        // Others could show us their pictures.
        socket.on("message", (packet, { address }) => {
          if (plainAddress(address) === remoteAddress) takers[index]?.(packet);
        });
      }
    }
    for (const socket of sockets) socket.on("error", () => {});
    const serverPort: Pair = [sockets[0].address().port, sockets[1].address().port];
    return {
      transport: { protocol: "udp", multicast: false, clientPort, serverPort, mode: "record" },
      sendRtcp: (packet) => sockets[1].send(packet, clientPort[1], remoteAddress, () => {}),
      close: () => void closeUdpSockets(sockets),
    };
  }
}

function isPossible({ protocol, multicast, clientPort }: Transport): boolean {
  if (multicast) return false;
  return protocol === "tcp" || (clientPort !== undefined && clientPort[0] > 0 && clientPort[1] > 0);
}
