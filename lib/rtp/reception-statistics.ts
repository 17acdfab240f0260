import { middleNtpBits } from "./ntp-time.js";
import { type RtpPacket, sequenceDistance } from "./packet.js";
import type { ReportBlock, SenderReport } from "./rtcp.js";

const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
const JITTER_GAIN = 1 / 16;
const DELAY_UNITS_A_SECOND = 65_536;
const SEQUENCES = 0x1_0000;
const LARGEST_DELAY = 0xffff_ffff;

/** How {@link ReceptionStatistics} are made. */
export interface ReceptionStatisticsOptions {
  /** RTP timestamp ticks in a second. */
  clockRate: number;
}

type PacketHead = Pick<RtpPacket, "sequence" | "timestamp" | "ssrc">;

/** One stream, since it began or began anew. */
interface Reception {
  ssrc: number;
  firstSequence: number;
  /** Not wrapped. */
  highestSequence: number;
  received: number;
  /** In RTP ticks, fractional. */
  jitter: number;
  last: { timestamp: number; arrivedAtMs: number };
  /** At the last block. */
  prior: { expected: number; received: number };
}

/**
 * Counts what a receiver report tells of the stream that comes in: loss, jitter, and how long ago its last sender
 * report came. Begins anew with another SSRC, and where two packets in a row jump by thousands, as a restarted sender
 * makes them.
 *
 * @see RFC 3550 appendices A.1, A.3, A.8
 */
export class ReceptionStatistics {
  readonly #clockRate: number;
  #reception: Reception | undefined;
  #expectedAfterJump: number | undefined;
  #senderReport: { ssrc: number; middleBits: number; arrivedAtMs: number } | undefined;

  constructor({ clockRate }: ReceptionStatisticsOptions) {
    this.#clockRate = clockRate;
  }

  /** Counts one packet, in order of arrival; `arrivedAtMs` is monotonic and fractional. */
  packet(packet: PacketHead, arrivedAtMs: number): void {
    const { sequence, timestamp, ssrc } = packet;
    const reception = this.#reception;
    if (reception?.ssrc !== ssrc) {
      this.#begin(packet, arrivedAtMs);
      return;
    }
    const ahead = sequenceDistance(reception.highestSequence, sequence);
    if (ahead >= MAX_DROPOUT || ahead <= -MAX_MISORDER) {
      // A jump that the next packet does not confirm counts nowhere.
      if (sequence === this.#expectedAfterJump) this.#begin(packet, arrivedAtMs);
      else this.#expectedAfterJump = (sequence + 1) % SEQUENCES;
      return;
    }
    this.#expectedAfterJump = undefined;
    if (ahead > 0) reception.highestSequence += ahead;
    reception.received += 1;
    this.#addJitter(reception, timestamp, arrivedAtMs);
    reception.last = { timestamp, arrivedAtMs };
  }

  /** Takes a report of the sender that came at `nowMs` (monotonic), before or after its packets. */
  senderReport({ ssrc, ntpMs }: SenderReport, nowMs: number): void {
    this.#senderReport = { ssrc, middleBits: middleNtpBits(ntpMs), arrivedAtMs: nowMs };
  }

  /**
   * What to report at `nowMs` (monotonic); undefined before the first packet. The fraction lost counts from one call to
   * the next, so there is one caller.
   */
  block(nowMs: number): ReportBlock | undefined {
    const reception = this.#reception;
    if (!reception) return undefined;
    const { ssrc, highestSequence, received, jitter, prior } = reception;
    const expected = highestSequence - reception.firstSequence + 1;
    const newlyExpected = expected - prior.expected;
    const newlyLost = newlyExpected - (received - prior.received);
    reception.prior = { expected, received };
    return {
      ssrc,
      fractionLost: newlyLost > 0 ? newlyLost / newlyExpected : 0,
      cumulativeLost: expected - received,
      highestSequence: highestSequence >>> 0,
      jitter: Math.floor(jitter),
      ...this.#sinceSenderReport(ssrc, nowMs),
    };
  }

  #begin({ sequence, timestamp, ssrc }: PacketHead, arrivedAtMs: number): void {
    this.#expectedAfterJump = undefined;
    this.#reception = {
      ssrc,
      firstSequence: sequence,
      highestSequence: sequence,
      received: 1,
      jitter: 0,
      last: { timestamp, arrivedAtMs },
      prior: { expected: 0, received: 0 },
    };
  }

  #addJitter(reception: Reception, timestamp: number, arrivedAtMs: number): void {
    const { last } = reception;
    const arrivalTicks = ((arrivedAtMs - last.arrivedAtMs) * this.#clockRate) / 1_000;
    const mediaTicks = (timestamp - last.timestamp) | 0;
    reception.jitter += (Math.abs(arrivalTicks - mediaTicks) - reception.jitter) * JITTER_GAIN;
  }

  #sinceSenderReport(
    ssrc: number,
    nowMs: number,
  ): Pick<ReportBlock, "lastSenderReport" | "delaySinceLastSenderReport"> {
    const report = this.#senderReport;
    if (report?.ssrc !== ssrc) return { lastSenderReport: 0, delaySinceLastSenderReport: 0 };
    const delay = Math.round(((nowMs - report.arrivedAtMs) * DELAY_UNITS_A_SECOND) / 1_000);
    return { lastSenderReport: report.middleBits, delaySinceLastSenderReport: Math.min(delay, LARGEST_DELAY) };
  }
}
