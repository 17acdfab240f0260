import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { GopCache } from "../../lib/gop-cache.js";
import { RtpPicture, rtpTimestamp } from "./rtp-picture.js";

/** Between two pictures of those that a client is given at once when it joins. */
const BURST_STEP_MS = 1;
/** Pictures that come before one which is shown earlier; no codec has more. */
const MAX_AHEAD = 16;

/** Makes packets of pictures, numbered on from one to the next. */
export interface Packetiser {
  readonly ssrc: number;
  packets(unit: AccessUnit, timestamp: number): Buffer[];
}

/** Somebody who is given the pictures of a feed. */
export interface FeedListener {
  picture(picture: RtpPicture): void;
}

/**
 * One stream of RTP packets: each picture is packed once, with one numbering for all who are sent it, and kept with
 * those since the last keyframe for those who join.
 */
export class RtpFeed {
  readonly listeners = new Set<FeedListener>();
  readonly #packetiser: Packetiser;
  readonly #gop: GopCache;
  #pictures: RtpPicture[] = [];
  #count = 0;
  #burst: readonly RtpPicture[] = [];
  /** How many of the pictures that are here may be shown after one that is still to come (B-frames). */
  #ahead = 0;

  /** @param gop of the hub: it bounds what is kept here, and is empty while there is nothing live to join */
  constructor(packetiser: Packetiser, gop: GopCache) {
    this.#packetiser = packetiser;
    this.#gop = gop;
  }

  /** The stream's identifier. */
  get ssrc(): number {
    return this.#packetiser.ssrc;
  }

  /**
   * Takes the stream's next picture, and gives it to the listeners.
   * @throws StreamError as the packetiser does; then this picture is left out
   */
  take(unit: AccessUnit): void {
    const displayMs = unit.mediaTimeMs ?? unit.receivedAtMs;
    const packets = this.#packetiser.packets(unit, rtpTimestamp(displayMs));
    if (packets.length === 0) return;
    const picture = new RtpPicture({ index: this.#count++, keyframe: unit.keyframe, displayMs, packets });
    if (unit.keyframe) {
      this.#pictures = [];
      this.#burst = [];
    }
    const ahead = this.#pictures.slice(-MAX_AHEAD).filter((earlier) => earlier.displayMs > displayMs);
    this.#ahead = Math.max(this.#ahead, ahead.length);
    if (this.#gop.units().length === 0) this.#pictures = [];
    else if (unit.keyframe || this.#pictures.length > 0) this.#pictures.push(picture);
    for (const listener of this.listeners) listener.picture(picture);
  }

  /**
   * What somebody who joins is given at once: the pictures since the last keyframe, or only those that follow the one
   * with this index where that is among them. They keep their sequence numbers, but their times are a millisecond apart
   * and end with the newest picture's own, or that of the newest which is shown before all that are still to come:
   * players that go by timestamps would else show all of it at leisure and stay behind for good.
   */
  since(index: number | undefined): readonly RtpPicture[] {
    if (this.#gop.units().length === 0) return [];
    const at = this.#pictures.findIndex((picture) => picture.index === index);
    return at < 0 ? this.#whole() : closeTogether(this.#pictures.slice(at + 1), this.#ahead);
  }

  /** Copies, shared by all who join between two pictures. */
  #whole(): readonly RtpPicture[] {
    if (this.#burst.at(-1)?.index !== this.#pictures.at(-1)?.index) {
      this.#burst = closeTogether(this.#pictures, this.#ahead);
    }
    return this.#burst;
  }
}

/** In coding order as before; the new times follow the order of display. The last to be shown, `ahead`, keep theirs. */
function closeTogether(pictures: readonly RtpPicture[], ahead: number): RtpPicture[] {
  const shown = [...pictures].sort((one, other) => other.displayMs - one.displayMs);
  const lastRank = Math.min(ahead, shown.length - 1);
  const lastMs = shown[lastRank]?.displayMs ?? 0;
  const ranks = new Map(shown.map((picture, rank) => [picture, rank]));
  return pictures.map((picture) => {
    const rank = ranks.get(picture) ?? 0;
    return rank <= lastRank ? picture : picture.shownAt(lastMs - (rank - lastRank) * BURST_STEP_MS);
  });
}
