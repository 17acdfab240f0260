import type { Socket } from "node:net";
import type { Authenticator } from "../auth/authenticator.js";
import type { Transport } from "./transport-header.js";

/** The connection that a request came by, as far as a path may use it. */
export interface RtspClient {
  /** Carries the messages and, where RTP goes over TCP, its packets. Writes must be whole messages or frames. */
  readonly socket: Socket;
  /** Its address and ours, numeric, without `::ffff:`. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** For logs: address and port. */
  readonly name: string;
  /** The header of that name of the connection's first request that had one. */
  readonly userAgent: string;
  /** Ends the connection and its sessions; `reason` is for the log. */
  close(reason: string): void;
}

/** What a client is told when it begins to play. @see RFC 2326 section 12.33 */
export interface PlayReply {
  /** Of the track, absolute. */
  url: string;
  /** Sequence number and timestamp of the first packet that will be sent. */
  sequence: number;
  rtpTimestamp: number;
}

/** How a PLAY is answered, and what follows. */
export interface PlayStart {
  /** One for each track that plays. */
  tracks: PlayReply[];
  /** Called right after the reply is on its way, in the same turn of the loop: no packet must come before it. */
  start(): void;
}

/** How a SETUP is answered. */
export interface SetupReply {
  transport: Transport;
  /** More headers for the response. */
  headers?: Readonly<Record<string, string>>;
}

/** A request for a SETUP, taken apart. */
export interface SetupRequest {
  /** What stands behind the path in the URL, without slash; empty for the path itself. */
  track: string;
  /** In the client's order of preference, at least one. */
  transports: readonly Transport[];
  /** The URL as asked for. */
  url: string;
}

/** One client's use of a path, from its first SETUP to TEARDOWN or the end of its connection. */
export interface RtspMediaSession {
  /** @throws StreamError with `details.status` (`statusError`): 404 no such track, 461 no transport suits, 453 full */
  setup(request: SetupRequest): SetupReply | Promise<SetupReply>;
  /** Begins, or goes on after `pause`. */
  play?(): PlayStart | Promise<PlayStart>;
  pause?(): void;
  /** The client will send now. */
  record?(): void | Promise<void>;
  /** A frame came on one of the session's channels. */
  interleaved?(channel: number, data: Buffer): void;
  /** When a sign of life last came beside requests, such as a receiver report; monotonic milliseconds. */
  readonly aliveAtMs: number;
  /** Whether the open connection is sign of life enough, as it is where RTP goes through it. */
  readonly livesByConnection: boolean;
  /** Idempotent. */
  close(): void;
}

/** What a server does with one path, and everything below it. */
export interface RtspPath {
  /** With its slash, without one at the end: `/stream`; empty for everything. */
  readonly path: string;
  /** Whose user name and password are asked for; everybody may where absent. */
  readonly authenticator?: Authenticator | undefined;
  /** The SDP; rejects with a `statusError`, such as 503 while there is nothing to describe. Absent: 405. */
  describe?(client: RtspClient, url: string): Promise<string>;
  /** Somebody wants to send what this SDP describes; throws a `statusError`. Absent: 405. */
  announce?(client: RtspClient, sdp: string, url: string): void;
  /** A session begins with its first SETUP; throws a `statusError`. */
  open(client: RtspClient, mode: "play" | "record"): RtspMediaSession;
}
