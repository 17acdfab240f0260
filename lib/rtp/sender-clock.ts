import type { SenderReport } from "./rtcp.js";

/** Senders without a wall clock put zero or their uptime into reports, and some seconds since 1970 as if since 1900. */
const EARLIEST_MS = Date.UTC(1990);

/** How a {@link SenderClock} is made. */
export interface SenderClockOptions {
  /** RTP timestamp ticks in a second. */
  clockRate: number;
}

/**
 * Tells when something was captured, by the sender's wall clock, from its RTP timestamp and the sender's last report.
 * Right for timestamps up to half a wrap away from that report: 6.6 hours at 90 kHz. It knows nothing of the SSRC: its
 * owner passes on the reports of one stream, and resets it when another begins.
 *
 * @see RFC 3550 section 6.4.1
 */
export class SenderClock {
  readonly #clockRate: number;
  #report: SenderReport | undefined;

  constructor({ clockRate }: SenderClockOptions) {
    this.#clockRate = clockRate;
  }

  /** Takes the newest report. One whose time lies before 1990 says that the sender has no wall clock. */
  report(report: SenderReport): void {
    this.#report = report.ntpMs >= EARLIEST_MS ? report : undefined;
  }

  /**
   * Milliseconds since 1970, fractional, at the sender's clock for a 32-bit RTP timestamp; undefined before the first
   * report, and where the last one tells no wall clock.
   */
  wallMs(rtpTimestamp: number): number | undefined {
    const report = this.#report;
    if (!report) return undefined;
    const ticks = (rtpTimestamp - report.rtpTimestamp) | 0;
    return report.ntpMs + (ticks * 1_000) / this.#clockRate;
  }

  /** Forgets the reports: another stream begins. */
  reset(): void {
    this.#report = undefined;
  }
}
