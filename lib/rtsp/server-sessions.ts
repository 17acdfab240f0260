import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.js";
import type { RtspMediaSession, RtspPath } from "./server-path.js";
import { statusError } from "./status-error.js";

/** How long a session lives without a sign of life from its client, in seconds, as clients are told. */
export const SESSION_TIMEOUT_S = 60;
/** Clients that send their sign of life at the last moment are not cut off for a slow network. */
const GRACE_MS = 10_000;
const MAX_SESSIONS = 4;

/** A session as its connection knows it. */
export interface RtspSession {
  readonly id: string;
  readonly path: RtspPath;
  readonly media: RtspMediaSession;
  state: "ready" | "playing" | "recording";
  lastRequestMs: number;
}

/** The sessions of one connection. They belong to it: nobody else can use them, and they end with it. */
export class RtspSessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, RtspSession>();
  readonly #channels = new Map<number, RtspSession>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws StreamError of status 453 where the connection has too many */
  checkRoom(): void {
    if (this.#sessions.size >= MAX_SESSIONS) throw statusError(453, `${MAX_SESSIONS} sessions on one connection`);
  }

  add(path: RtspPath, media: RtspMediaSession): RtspSession {
    const id = randomBytes(8).toString("hex");
    const session: RtspSession = { id, path, media, state: "ready", lastRequestMs: this.#clock.now() };
    this.#sessions.set(id, session);
    return session;
  }

  /**
   * The session that a `Session` header names; asking is a sign of life.
   * @throws StreamError of status 454
   */
  find(header: string | undefined): RtspSession {
    const session = this.touch(header);
    if (!session) throw statusError(454, "no such session on this connection");
    return session;
  }

  /** The same for requests that need no session: undefined where there is none of that name. */
  touch(header: string | undefined): RtspSession | undefined {
    const session = this.#sessions.get(header?.split(";")[0]?.trim() ?? "");
    if (session) session.lastRequestMs = this.#clock.now();
    return session;
  }

  /** Frames of these channels are the session's from now on. */
  claim(session: RtspSession, channels: readonly number[]): void {
    for (const channel of channels) this.#channels.set(channel, session);
  }

  /** A frame came; those of a channel that nobody agreed on are passed over. */
  interleaved(channel: number, data: Buffer): void {
    this.#channels.get(channel)?.media.interleaved?.(channel, data);
  }

  end(session: RtspSession): void {
    this.#sessions.delete(session.id);
    for (const [channel, owner] of this.#channels) if (owner === session) this.#channels.delete(channel);
    session.media.close();
  }

  /** Ends those without a sign of life; gives whether there was one. */
  expire(nowMs: number): boolean {
    const limitMs = SESSION_TIMEOUT_S * 1_000 + GRACE_MS;
    return this.#endWhere(
      ({ media, lastRequestMs }) =>
        !media.livesByConnection && nowMs - Math.max(lastRequestMs, media.aliveAtMs) > limitMs,
    );
  }

  /** Ends those of a path; gives whether there was one. */
  forget(path: RtspPath): boolean {
    return this.#endWhere((session) => session.path === path);
  }

  close(): void {
    this.#endWhere(() => true);
  }

  #endWhere(matches: (session: RtspSession) => boolean): boolean {
    const ending = [...this.#sessions.values()].filter(matches);
    for (const session of ending) this.end(session);
    return ending.length > 0;
  }
}
