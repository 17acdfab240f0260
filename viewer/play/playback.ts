import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";
import type { OpenPlayer, Picture, Player, PlayerOptions } from "./player.js";
import { retryDelayMs } from "./retry-delay.js";
import { TransportChoice } from "./transport-choice.js";

/** To the first picture; a camera that was just begun, or a transcoder, takes a while. */
const FIRST_PICTURE_MS = 3_000;
const STALLED_MS = 2_000;
const STALLED_PICTURES = 4;
/** Looks that come later than this were kept from coming: by a hidden page, or a machine that slept. */
const LATE_LOOK_MS = 1_500;

/** What a {@link Playback} knows of its surroundings at one moment. */
export interface PlaybackLook {
  /** Monotonic, in milliseconds. */
  nowMs: number;
  camera: CameraInfo;
  /** Whether the server tells about its cameras now. */
  isLinked: boolean;
  /** Those that can be used, the best first. */
  transports: readonly LiveTransport[];
}

/** What a {@link Playback} works with. */
export interface PlaybackOptions extends Pick<PlayerOptions, "capturedAtMs" | "isCaptureTimeKnown"> {
  open: Readonly<Record<LiveTransport, OpenPlayer>>;
  /** Monotonic, in milliseconds. */
  now(): number;
  onPicture(picture: Picture): void;
}

interface Playing {
  name: "playing";
  player: Player;
  /** When it began, or brought its last picture. */
  sinceMs: number;
  hasPicture: boolean;
}

type PlaybackState = Playing | { name: "waiting"; untilMs: number } | { name: "stopped" };

/** Shows one camera, and is the one owner of its retries: it begins anew by the best transport that works. */
export class Playback {
  /** Why the last try ended; undefined while pictures come. */
  reason: string | undefined;
  /** Tries since pictures came last. */
  failures = 0;
  readonly #options: PlaybackOptions;
  readonly #choice = new TransportChoice();
  #state: PlaybackState = { name: "waiting", untilMs: 0 };
  #look: PlaybackLook | undefined;
  #droppedBefore = 0;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** The one in use; undefined between two tries. */
  get transport(): LiveTransport | undefined {
    return this.#state.name === "playing" ? this.#state.player.transport : undefined;
  }

  /** Pictures that were lost or left out, by all players so far. */
  get dropped(): number {
    return this.#droppedBefore + (this.#state.name === "playing" ? this.#state.player.dropped : 0);
  }

  /** Looks whether something is to be done; called several times a second, and whenever something changed. */
  look(look: PlaybackLook): void {
    const last = this.#look;
    this.#look = look;
    const sleptMs = last ? look.nowMs - last.nowMs : 0;
    if (look.isLinked && last?.isLinked === false) this.#choice.reset();
    if (look.isLinked && look.camera.state === "live" && !(last?.isLinked && last.camera.state === "live"))
      this.#hurry();
    if (this.#state.name === "playing") this.#watch(this.#state, look, sleptMs);
    if (this.#state.name === "waiting" && look.nowMs >= this.#state.untilMs) this.#begin(look);
  }

  /** Begins anew, for instance since the viewer wants another transport. */
  restart(): void {
    this.stop();
    this.#choice.reset();
    this.#state = { name: "waiting", untilMs: 0 };
    this.failures = 0;
    this.reason = undefined;
  }

  /** Idempotent; ended by `restart`. */
  stop(): void {
    this.#leavePlayer();
    this.#state = { name: "stopped" };
  }

  /** The camera is back: no need to wait, and it has all its time to bring a picture. */
  #hurry(): void {
    if (this.#state.name === "waiting") this.#state.untilMs = 0;
    else if (this.#state.name === "playing") this.#state.sinceMs = this.#options.now();
  }

  #watch(state: Playing, { camera, nowMs, transports }: PlaybackLook, sleptMs: number): void {
    if (sleptMs > LATE_LOOK_MS) state.sinceMs += sleptMs;
    const { transport } = state.player;
    if (!transports.includes(transport) && transports.length > 0) return this.#fail("another transport is wanted");
    // The server keeps the connection until the camera is back.
    if (camera.state !== "live") return;
    const stalledMs = Math.max(STALLED_MS, (STALLED_PICTURES * 1_000) / Math.max(camera.fps, 0.1));
    const allowedMs = state.hasPicture ? stalledMs : FIRST_PICTURE_MS + (stalledMs - STALLED_MS);
    if (nowMs - state.sinceMs <= allowedMs) return;
    this.#fail(state.hasPicture ? "no more pictures come" : `no picture came by ${transport}`);
  }

  #begin({ camera, transports, nowMs }: PlaybackLook): void {
    const transport = camera.state === "live" ? this.#choice.choose(transports) : undefined;
    if (transport === undefined) return;
    const { open, capturedAtMs, isCaptureTimeKnown } = this.#options;
    const player: Player = open[transport]({
      ...{ camera, capturedAtMs, isCaptureTimeKnown },
      onPicture: (picture) => this.#show(player, picture),
      onEnd: (reason) => this.#fail(reason),
    });
    this.#state = { name: "playing", player, sinceMs: nowMs, hasPicture: false };
  }

  #show(player: Player, picture: Picture): void {
    const state = this.#state;
    if (state.name !== "playing" || state.player !== player) return;
    if (!state.hasPicture) this.#choice.worked(player.transport);
    state.hasPicture = true;
    state.sinceMs = this.#options.now();
    this.reason = undefined;
    this.failures = 0;
    this.#options.onPicture(picture);
  }

  #fail(reason: string): void {
    const state = this.#state;
    if (state.name !== "playing") return;
    // Without the server, or without pictures from the camera, no transport is to blame.
    const isToBlame = !state.hasPicture && this.#look?.isLinked && this.#look.camera.state === "live";
    const isGivenUp = isToBlame && this.#choice.failed(state.player.transport);
    this.#leavePlayer();
    this.failures++;
    this.reason = reason;
    const delayMs = isGivenUp ? 0 : retryDelayMs(this.failures);
    this.#state = { name: "waiting", untilMs: this.#options.now() + delayMs };
  }

  #leavePlayer(): void {
    if (this.#state.name !== "playing") return;
    this.#droppedBefore += this.#state.player.dropped;
    this.#state.player.close();
  }
}
