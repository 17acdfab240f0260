import type { Clock, Timer } from "../../lib/clock.js";
import { writeBye, writeSenderReport } from "../../lib/rtp/rtcp.js";
import { statusError } from "../../lib/rtsp/status-error.js";
import type { Transport } from "../../lib/rtsp/transport-header.js";
import type { Playback } from "./playback.js";
import type { RtpDelivery, RtspCounters } from "./rtp-delivery.js";
import type { FeedListener, RtpFeed } from "./rtp-feed.js";
import { type RtpPicture, rtpTimestamp } from "./rtp-picture.js";

const REPORT_INTERVAL_MS = 5_000;

/** The first packet of what a client is going to be sent. */
export interface FlowStart {
  sequence: number;
  rtpTimestamp: number;
  /** Sends it; nothing is sent before. */
  start(): void;
}

/** How an {@link RtpFlow} is made. */
export interface RtpFlowOptions {
  feed: RtpFeed;
  delivery: RtpDelivery;
  /** What it begins with: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  clock: Clock;
  counters: RtspCounters;
  /** Names this sender in RTCP. */
  cname: string;
}

type State =
  | { name: "paused" | "flowing" | "skipping" | "closed" }
  /** There is no picture yet that it could begin with. */
  | { name: "awaiting"; resolve(start: FlowStart): void; reject(error: Error): void }
  /** The client is being told; what comes meanwhile is held back until it is. */
  | { name: "beginning"; held: RtpPicture[] };

/**
 * A feed on its way by one delivery, with its sender reports: begins, pauses and goes on. When the delivery is too far
 * behind, it leaves out everything before the next keyframe.
 */
export class RtpFlow implements FeedListener, Playback {
  readonly #options: RtpFlowOptions;
  readonly #sent = { packets: 0, octets: 0 };
  /** Told of the next pictures that go out. */
  readonly #watchers = new Set<{ resolve(picture: RtpPicture): void; reject(error: Error): void }>();
  #state: State = { name: "paused" };
  #lastIndex: number | undefined;
  #reports: Timer | undefined;

  constructor(options: RtpFlowOptions) {
    this.#options = options;
    options.feed.listeners.add(this);
  }

  get transport(): Transport {
    return this.#options.delivery.transport;
  }

  get feed(): RtpFeed {
    return this.#options.feed;
  }

  get closed(): boolean {
    return this.#state.name === "closed";
  }

  /**
   * Resolves as soon as it is known what comes first: at once, or with the next keyframe. After a pause it goes on
   * behind the last picture that it sent, where the group of pictures is still the same.
   */
  play(): Promise<FlowStart> {
    const { join, feed } = this.#options;
    const pictures = join === "gop" ? feed.since(this.#lastIndex) : [];
    if (pictures.length > 0) return Promise.resolve(this.#begin([...pictures]));
    return new Promise((resolve, reject) => {
      this.#state = { name: "awaiting", resolve, reject };
    });
  }

  /** Resolves with the next picture that goes out. */
  next(): Promise<RtpPicture> {
    return new Promise((resolve, reject) => this.#watchers.add({ resolve, reject }));
  }

  pause(): void {
    this.#become("paused");
  }

  /** As `pause`, but when it plays again, it is for others, who have nothing of what was sent. */
  stop(): void {
    this.#become("paused");
    this.#options.delivery.discard();
    this.#lastIndex = undefined;
  }

  /** Says goodbye to who is listening, and closes. */
  end(): void {
    const { feed, delivery, cname } = this.#options;
    if (this.#reports) delivery.control(writeBye(feed.ssrc, cname));
    this.close();
  }

  /** Idempotent; closes the delivery. */
  close(): void {
    if (this.#state.name === "closed") return;
    this.#become("closed");
    this.#options.feed.listeners.delete(this);
    this.#options.delivery.close();
  }

  picture(picture: RtpPicture): void {
    const state = this.#state;
    if (state.name === "awaiting") {
      const continues = picture.index - 1 === this.#lastIndex;
      if (picture.keyframe || continues) state.resolve(this.#begin([picture]));
    } else if (state.name === "beginning") {
      state.held.push(picture);
    } else if (state.name === "flowing" || state.name === "skipping") {
      const goesOut = (picture.keyframe || state.name === "flowing") && !this.#options.delivery.full;
      this.#state = { name: goesOut ? "flowing" : "skipping" };
      if (goesOut) this.#send([picture]);
      else this.#options.counters.droppedUnits += 1;
    }
  }

  #begin(held: RtpPicture[]): FlowStart {
    const state: State = { name: "beginning", held };
    this.#state = state;
    const { sequence, timestamp } = held[0] as RtpPicture;
    const start = (): void => {
      if (this.#state !== state) return;
      this.#state = { name: "flowing" };
      this.#send(state.held);
      this.#report();
      this.#reports = this.#options.clock.every(REPORT_INTERVAL_MS, () => this.#report());
    };
    return { sequence, rtpTimestamp: timestamp, start };
  }

  #send(pictures: readonly RtpPicture[]): void {
    this.#options.delivery.send(pictures);
    for (const { index, packets, octets, bytes } of pictures) {
      this.#lastIndex = index;
      this.#sent.packets += packets.length;
      this.#sent.octets += octets;
      this.#options.counters.sentBytes += bytes;
    }
    for (const { resolve } of this.#watchers) resolve(pictures[0] as RtpPicture);
    this.#watchers.clear();
  }

  /** Tells the RTP time of now by the wall clock, from which receivers know how old each picture is. */
  #report(): void {
    const { feed, clock, cname } = this.#options;
    const time = { ntpMs: clock.wallNow(), rtpTimestamp: rtpTimestamp(clock.now()) };
    this.#options.delivery.control(writeSenderReport({ ssrc: feed.ssrc, ...time, ...this.#sent }, cname));
  }

  #become(name: "paused" | "closed"): void {
    if (this.closed) return;
    if (this.#state.name === "awaiting") this.#state.reject(over());
    this.#state = { name };
    this.#reports?.cancel();
    this.#reports = undefined;
    for (const { reject } of this.#watchers) reject(over());
    this.#watchers.clear();
  }
}

function over(): Error {
  return statusError(503, "the stream has ended meanwhile");
}
