/** How many exchanges are kept, and for how long: one that found the network idle is worth keeping for a while. */
const CAPACITY = 64;
const MEMORY_MS = 120_000;
/** How fast two clocks may drift apart, parts in one; what drifts faster is followed like a step. */
const DRIFT = 15e-6;
/** Browsers round their clocks, to 0.1 ms in most pages; four times are rounded in one exchange. */
const PRECISION_MS = 0.2;

/** The four times of one question and its answer, and when it ended. All in milliseconds. */
export interface ClockExchange {
  /** When the question left and the answer came, by our wall clock; it must not be set in between. */
  sentAtMs: number;
  receivedAtMs: number;
  /** When the question came and the answer left, by the server's wall clock. */
  serverReceivedAtMs: number;
  serverSentAtMs: number;
  /** When the answer came, by a monotonic clock: tells how old an exchange has grown. */
  nowMs: number;
}

/** How far the server's clock is from ours. */
export interface ClockEstimate {
  /** Server minus ours, in milliseconds: a time by the server's clock less this is a time by ours. */
  offsetMs: number;
  /** The true difference lies within this on either side, in milliseconds. */
  uncertaintyMs: number;
}

interface Sample extends ClockEstimate {
  atMs: number;
}

/**
 * Estimates the offset of a server's clock as NTP does. The way there and back may take unequal times, and one of them
 * all of the round trip, so half the round trip is how wrong an exchange can be at most: the one with the shortest way
 * counts, and is trusted less the older it grows. Where the newest exchange contradicts an older one, a clock was set,
 * and the older one is forgotten with all before it; a clock that was set by less than the uncertainty goes unnoticed
 * until a better exchange comes.
 *
 * @see RFC 5905 section 8 (the offset), section 10 (the clock filter)
 */
export class ClockOffset {
  #samples: Sample[] = [];

  /** Takes an exchange; one whose times cannot be true is left out. */
  add({ sentAtMs, receivedAtMs, serverReceivedAtMs, serverSentAtMs, nowMs }: ClockExchange): void {
    const roundTripMs = receivedAtMs - sentAtMs - (serverSentAtMs - serverReceivedAtMs);
    const isPossible = roundTripMs >= -PRECISION_MS && serverSentAtMs >= serverReceivedAtMs;
    if (!isPossible || !Number.isFinite(roundTripMs)) return;
    const newest: Sample = {
      offsetMs: (serverReceivedAtMs - sentAtMs + serverSentAtMs - receivedAtMs) / 2,
      uncertaintyMs: Math.max(roundTripMs, 0) / 2 + PRECISION_MS,
      atMs: nowMs,
    };
    const kept = this.#samples.slice(1 - CAPACITY).filter(({ atMs }) => nowMs - atMs <= MEMORY_MS);
    const lastWrong = kept.findLastIndex((sample) => contradicts(aged(sample, nowMs), newest));
    this.#samples = [...kept.slice(lastWrong + 1), newest];
  }

  /** The estimate at a time by the monotonic clock, less certain the longer ago the last exchange was. */
  at(nowMs: number): ClockEstimate | undefined {
    let best: ClockEstimate | undefined;
    for (const sample of this.#samples) {
      const estimate = aged(sample, nowMs);
      if (!best || estimate.uncertaintyMs < best.uncertaintyMs) best = estimate;
    }
    return best;
  }

  /** Server minus ours in milliseconds, as of the last exchange; undefined before the first. */
  get offsetMs(): number | undefined {
    return this.#latest?.offsetMs;
  }

  /** How far `offsetMs` may be wrong either way, in milliseconds; undefined before the first exchange. */
  get uncertaintyMs(): number | undefined {
    return this.#latest?.uncertaintyMs;
  }

  get #latest(): ClockEstimate | undefined {
    const newest = this.#samples.at(-1);
    return newest && this.at(newest.atMs);
  }
}

function aged({ offsetMs, uncertaintyMs, atMs }: Sample, nowMs: number): ClockEstimate {
  return { offsetMs, uncertaintyMs: uncertaintyMs + DRIFT * Math.max(0, nowMs - atMs) };
}

function contradicts(one: ClockEstimate, other: ClockEstimate): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) > one.uncertaintyMs + other.uncertaintyMs;
}
