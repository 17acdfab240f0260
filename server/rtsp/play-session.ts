import type { PlayStart, RtspClient, RtspMediaSession, SetupReply, SetupRequest } from "../../lib/rtsp/server-path.js";
import { statusError } from "../../lib/rtsp/status-error.js";
import type { Playback } from "./playback.js";

/** What a SETUP has opened. */
export interface OpenedPlayback {
  playback: Playback;
  /** More headers for the response. */
  headers?: Readonly<Record<string, string>>;
}

/** What a {@link PlaySession} works with. */
export interface PlaySessionOptions {
  client: RtspClient;
  nowMs: number;
  /** Opens what it plays; throws a `statusError`. */
  open(request: SetupRequest): Promise<OpenedPlayback>;
  /** Called after every change of {@link PlaySession.playing}, and when it is closed. */
  onChange(session: PlaySession): void;
}

/** One client that plays the path's stream. */
export class PlaySession implements RtspMediaSession {
  readonly client: RtspClient;
  aliveAtMs: number;
  readonly #options: PlaySessionOptions;
  #track: { url: string; playback: Playback } | undefined;
  #state: "ready" | "playing" | "closed" = "ready";

  constructor(options: PlaySessionOptions) {
    this.#options = options;
    this.client = options.client;
    this.aliveAtMs = options.nowMs;
  }

  get playing(): boolean {
    return this.#state === "playing";
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  get livesByConnection(): boolean {
    // Who takes a place and never plays does not keep it for ever.
    return this.playing && this.#track?.playback.transport.protocol === "tcp";
  }

  /** Over what it plays: `tcp`, `udp`, `multicast`. */
  get way(): string {
    const { multicast, protocol } = this.#track?.playback.transport ?? {};
    return multicast ? "multicast" : (protocol ?? "nothing");
  }

  async setup(request: SetupRequest): Promise<SetupReply> {
    const { playback, headers } = await this.#options.open(request);
    if (this.closed) {
      playback.close();
      throw statusError(503, "the session was closed meanwhile");
    }
    this.#track?.playback.close();
    this.#track = { url: request.url, playback };
    return { transport: playback.transport, ...(headers && { headers }) };
  }

  async play(): Promise<PlayStart> {
    if (!this.#track) throw statusError(455, "PLAY without SETUP");
    const { url, playback } = this.#track;
    const { start, ...first } = await playback.play();
    return {
      tracks: [{ url, ...first }],
      start: () => {
        start();
        this.#become("playing");
      },
    };
  }

  pause(): void {
    this.#track?.playback.pause();
    this.#become("ready");
  }

  /** RTCP came from there: a sign of life, if it is this client's. */
  reported(address: string, port: number, nowMs: number): void {
    const { multicast, clientPort } = this.#track?.playback.transport ?? {};
    const fromHere = address === this.client.remoteAddress && (multicast || port === clientPort?.[1]);
    if (fromHere) this.aliveAtMs = nowMs;
  }

  /** Nothing more comes: tells the client, and ends its connection. */
  end(reason: string): void {
    this.#track?.playback.end();
    this.client.close(reason);
    this.close();
  }

  close(): void {
    this.#track?.playback.close();
    this.#become("closed");
  }

  #become(state: "ready" | "playing" | "closed"): void {
    if (this.#state === state || this.closed) return;
    this.#state = state;
    this.#options.onChange(this);
  }
}
