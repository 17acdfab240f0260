import type { Playback } from "./playback.js";
import type { RtpFeed } from "./rtp-feed.js";
import type { FlowStart, RtpFlow } from "./rtp-flow.js";

/** One flow to a multicast group, which runs while anybody plays it. */
export class MulticastGroup {
  readonly #flow: RtpFlow;
  readonly #players = new Set<Playback>();

  constructor(flow: RtpFlow) {
    this.#flow = flow;
  }

  /** Whether it can be shared by who wants this feed. */
  plays(feed: RtpFeed): boolean {
    return this.#flow.feed === feed && !this.#flow.closed;
  }

  close(): void {
    this.#flow.close();
  }

  /** For one more session. */
  share(): Playback {
    const share: Playback = {
      transport: this.#flow.transport,
      play: () => this.#play(share),
      pause: () => this.#leave(share),
      end: () => this.#flow.end(),
      close: () => this.#leave(share),
    };
    return share;
  }

  async #play(share: Playback): Promise<FlowStart> {
    const isFirst = this.#players.size === 0;
    this.#players.add(share);
    if (!isFirst) {
      const { sequence, timestamp } = await this.#flow.next();
      return { sequence, rtpTimestamp: timestamp, start() {} };
    }
    const { start, ...first } = await this.#flow.play();
    // For the whole group, not only for this client, who may be gone before it is answered.
    start();
    return { ...first, start() {} };
  }

  #leave(share: Playback): void {
    if (this.#players.delete(share) && this.#players.size === 0) this.#flow.stop();
  }
}
