import type { Clock } from "../clock.js";
import type { StreamFormat } from "./detect-format.js";
import { DetectingParser } from "./detecting-parser.js";
import { IdleFlush } from "./idle-flush.js";
import type { SourceSink } from "./source.js";

/** A sender that has been silent this long gives way to another. */
const TAKE_OVER_MS = 500;
/** Addresses that may try to show pictures at one time. */
const MOST_CANDIDATES = 8;

/** What a {@link UdpSenders} works with. */
export interface UdpSendersOptions {
  sink: SourceSink;
  clock: Clock;
  format?: StreamFormat | undefined;
  /** A sender was chosen: its address and port. */
  onChosen: (sender: string) => void;
}

/**
 * Anybody can send to a UDP port. The first address that sends whole pictures is listened to, until it falls silent;
 * what others send meanwhile is counted and dropped.
 */
export class UdpSenders {
  readonly #options: UdpSendersOptions;
  readonly #candidates = new Map<string, IdleFlush>();
  #chosen: string | undefined;
  #former: string | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: UdpSendersOptions) {
    this.#options = options;
  }

  /** A datagram came from `sender`. */
  datagram(bytes: Buffer, sender: string): void {
    const { sink, clock } = this.#options;
    if (this.#chosen !== undefined && sender !== this.#chosen) {
      if (clock.now() - this.#lastMs < TAKE_OVER_MS) return sink.discarded(bytes.length);
      this.#forget();
    }
    if (sender === this.#chosen) this.#lastMs = clock.now();
    this.#feedOf(sender)?.bytes(bytes);
  }

  close(): void {
    this.#forget();
  }

  #feedOf(sender: string): IdleFlush | undefined {
    const known = this.#candidates.get(sender);
    if (known) return known;
    // The one that has waited longest without showing a picture makes room.
    if (this.#candidates.size >= MOST_CANDIDATES) this.#drop(this.#candidates.keys().next().value as string);
    const { sink, clock, format } = this.#options;
    const parser = new DetectingParser({
      transport: "datagram",
      format,
      sink: {
        unit: (unit) => {
          if (this.#chosen === undefined) this.#choose(sender);
          if (this.#chosen === sender) sink.unit(unit);
        },
        lost: (count) => {
          if (this.#chosen === sender) sink.lost(count);
        },
        discarded: (count) => sink.discarded(count),
      },
    });
    const feed = new IdleFlush({ parser, clock, onLive: () => sink.live(), pieces: true });
    this.#candidates.set(sender, feed);
    return feed;
  }

  #choose(sender: string): void {
    if (this.#former !== undefined && this.#former !== sender) this.#options.sink.restarted();
    this.#chosen = sender;
    this.#former = sender;
    this.#lastMs = this.#options.clock.now();
    for (const other of [...this.#candidates.keys()]) if (other !== sender) this.#drop(other);
    this.#options.onChosen(sender);
  }

  #drop(sender: string): void {
    this.#candidates.get(sender)?.close();
    this.#candidates.delete(sender);
  }

  #forget(): void {
    this.#chosen = undefined;
    for (const sender of [...this.#candidates.keys()]) this.#drop(sender);
  }
}
