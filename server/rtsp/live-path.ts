import { randomBytes } from "node:crypto";
import type { Authenticator } from "../../lib/auth/authenticator.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError, type StreamErrorCode } from "../../lib/errors.js";
import { describeAddresses } from "../../lib/network-interfaces.js";
import { parseRtcp } from "../../lib/rtp/rtcp.js";
import { isRtpCodec, RTP_CODECS } from "../../lib/rtp/rtp-codec.js";
import type { RtspClient, RtspMediaSession, RtspPath, SetupRequest } from "../../lib/rtsp/server-path.js";
import { statusError } from "../../lib/rtsp/status-error.js";
import type { OutputContext } from "../outputs/output.js";
import { Awaited } from "./awaited.js";
import { LiveStream, TRACK } from "./live-stream.js";
import type { MulticastPlace } from "./multicast-ports.js";
import { type OpenedPlayback, PlaySession } from "./play-session.js";
import { Playbacks } from "./playbacks.js";
import type { RtspCounters } from "./rtp-delivery.js";

/** A camera that starts takes seconds to its first picture. */
const PATIENCE_MS = 5_000;

/** How a {@link LivePath} is made. */
export interface LivePathOptions {
  /** As in {@link RtspPath}. */
  path: string;
  authenticator?: Authenticator;
  /** What a client is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way to a client may be, in milliseconds. */
  maxBacklogMs: number;
  /** Sessions at a time. */
  maxClients: number;
  /** Whether each picture ends with an access unit delimiter. */
  aud: boolean;
  /** Absent: there is no multicast. */
  multicast?: MulticastPlace;
  counters: RtspCounters;
  context: OutputContext;
  /** The output's, for messages. */
  url: string;
}

/** One camera's path on an RTSP server, for any number of sessions. */
export class LivePath implements RtspPath {
  readonly path: string;
  readonly authenticator: Authenticator | undefined;
  readonly #options: LivePathOptions;
  readonly #sessions = new Set<PlaySession>();
  readonly #playbacks: Playbacks;
  readonly #stream: Awaited<LiveStream>;
  /** Connections that have asked for the description. */
  readonly #informed = new WeakSet<RtspClient>();
  readonly #told = new Set<string>();

  constructor(options: LivePathOptions) {
    const { clock } = options.context;
    this.#options = options;
    this.path = options.path;
    this.authenticator = options.authenticator;
    this.#stream = new Awaited(clock);
    this.#playbacks = new Playbacks({
      ...options,
      clock,
      // By chance, as it may be read by anybody.
      cname: randomBytes(9).toString("base64url"),
      onReport: (datagram, address, port) => this.#reported(datagram, address, port),
      onSendError: (error) => this.#sendFailed(error),
      onSilent: ({ name }) => this.#warn("stalled", `client ${name} took nothing for 10 s and is closed`),
    });
  }

  /** Sessions that play now. */
  get clients(): number {
    return [...this.#sessions].filter(({ playing }) => playing).length;
  }

  /**
   * The next picture. Those before the first keyframe are passed over; another codec ends all sessions.
   * @throws StreamError `unsupported` for a codec that RTP does not carry here
   */
  unit(unit: AccessUnit): void {
    const { codec } = unit;
    if (!isRtpCodec(codec)) throw new StreamError("unsupported", `RTSP carries ${RTP_CODECS.join(", ")}, not ${codec}`);
    const { aud, context } = this.#options;
    if (this.#stream.value?.codec !== codec) {
      if (!unit.keyframe) return;
      this.#endSessions("the codec changes");
      this.#stream.set(new LiveStream({ codec, aud, gop: context.gop }, unit));
    }
    const damage = this.#stream.value?.take(unit);
    if (!damage) return;
    this.#options.counters.droppedUnits += 1;
    this.#warnOnce(damage.code, damage.code, `${damage.message}; such pictures are left out`);
  }

  async describe(client: RtspClient): Promise<string> {
    this.#informed.add(client);
    return (await this.#streamSoon()).describe(client.localAddress);
  }

  open(client: RtspClient, mode: "play" | "record"): RtspMediaSession {
    const { maxClients, context } = this.#options;
    if (mode === "record") throw statusError(405, "this path is for playing");
    if (this.#sessions.size >= maxClients) {
      const reason = `${maxClients} are served already (maxClients=${maxClients})`;
      this.#warnOnce("full", "connect-failed", `client ${client.name} is refused: ${reason}`);
      throw statusError(453, reason);
    }
    this.#told.delete("full");
    const session = new PlaySession({
      client,
      nowMs: context.clock.now(),
      open: (request) => this.#open(client, request),
      onChange: (changed) => this.#changed(changed),
    });
    this.#sessions.add(session);
    return session;
  }

  /** Ends every session with a goodbye; resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#endSessions("the stream has ended");
    await this.#playbacks.close();
  }

  async #open(client: RtspClient, { track, transports }: SetupRequest): Promise<OpenedPlayback> {
    if (track !== TRACK && track !== "") throw statusError(404, `no track ${track}`);
    const wantsTs = track === "" && this.#isSatip(client);
    await this.#streamSoon();
    const feed = () => {
      const stream = this.#stream.value as LiveStream;
      return wantsTs ? stream.openTs() : stream.rtp;
    };
    if (!wantsTs) return { playback: await this.#playbacks.open(transports, { client, feed }) };
    // The one group is for RTP as everybody knows it.
    const unicast = transports.filter(({ multicast }) => !multicast);
    const playback = await this.#playbacks.open(unicast, { client, feed, join: "keyframe" });
    // It plays `/stream=` with this number behind it, whatever the path.
    return { playback, headers: { "com.ses.streamID": "0" } };
  }

  /**
   * VLC without live555, as Debian builds it, takes every RTSP server for one of SAT>IP: it does not ask what there is,
   * and expects MPEG-TS. It says no name; every other player asks, or says one.
   */
  #isSatip(client: RtspClient): boolean {
    return client.userAgent === "" && !this.#informed.has(client);
  }

  #streamSoon(): Promise<LiveStream> {
    return this.#stream.wait(PATIENCE_MS, () => statusError(503, "the camera gives no picture"));
  }

  #endSessions(reason: string): void {
    for (const session of [...this.#sessions]) session.end(reason);
  }

  /** Our own reports come back from a multicast group: only those of receivers are signs of life. */
  #reported(datagram: Buffer, address: string, port: number): void {
    if (!parseRtcp(datagram).some(({ kind }) => kind === "receiver-report")) return;
    const nowMs = this.#options.context.clock.now();
    for (const session of this.#sessions) session.reported(address, port, nowMs);
  }

  #changed(session: PlaySession): void {
    const { context, url } = this.#options;
    if (session.closed) this.#sessions.delete(session);
    const what = session.closed ? "gone" : session.playing ? "plays" : "pauses";
    context.logger.info({ url, client: session.client.name, over: session.way }, `client ${what}`);
  }

  /** The network may come back at any time: a datagram that cannot be sent is lost, as on the way. */
  #sendFailed(error: NodeJS.ErrnoException): void {
    const code = error.code ?? error.message;
    this.#options.counters.sendErrors += 1;
    const advice = code === "ENETUNREACH" ? `; interface= may name one of ${describeAddresses()}` : "";
    this.#warnOnce(code, "connection-lost", `cannot send: ${error.message}${advice}`);
  }

  #warnOnce(key: string, code: StreamErrorCode, message: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#warn(code, message);
  }

  #warn(code: StreamErrorCode, message: string): void {
    const { context, url } = this.#options;
    context.warning(new StreamError(code, `${url}: ${message}`));
  }
}
