import type { RtpPacket } from "./packet.js";

const SILENCE_MS = 500;
const SHORT_SILENCE_MS = 100;
const CONSECUTIVE_PACKETS = 8;
/** A packet of the former stream may come late; two in a row do not. */
const KNOWN_SENDER_PACKETS = 2;
const CAPACITY = 512;

/** A packet and when it arrived. */
export interface ArrivedPacket {
  packet: RtpPacket;
  arrivedAtMs: number;
}

/** Where an {@link SsrcLock} puts the packets of the stream that it follows. */
export interface SsrcLockSink {
  packet(packet: RtpPacket, arrivedAtMs: number): void;
  /** Another stream takes over with the next packet. */
  switched(): void;
  /** Bytes of payload from streams that are not followed. */
  discarded(bytes: number): void;
}

/** How an {@link SsrcLock} is made. */
export interface SsrcLockOptions {
  /** Nobody else can send here: another stream is the sender's new one, and taken up at once. Default false. */
  oneSender?: boolean | undefined;
}

/**
 * Follows one sender on a port that anybody can send to. Another one takes over when the first has been silent for
 * 500 ms, or for 100 ms while the other delivered 8 packets in a row: a restarted sender is taken up at once with
 * its first keyframe, since the packets under probation are kept, and two rivals do not take turns.
 * Where there can be no rivals, two packets in a row suffice.
 *
 * @see RFC 3550 section 8
 */
export class SsrcLock {
  readonly #sink: SsrcLockSink;
  readonly #oneSender: boolean;
  #ssrc: number | undefined;
  #lastMs = 0;
  #candidates: ArrivedPacket[] = [];

  constructor(sink: SsrcLockSink, { oneSender = false }: SsrcLockOptions = {}) {
    this.#sink = sink;
    this.#oneSender = oneSender;
  }

  /** Passes on a packet of the stream that is followed; keeps or discards one of another stream. */
  push(packet: RtpPacket, nowMs: number): void {
    if (this.#ssrc === undefined || this.#ssrc === packet.ssrc) {
      this.#ssrc = packet.ssrc;
      this.#lastMs = nowMs;
      this.#dropCandidates();
      this.#sink.packet(packet, nowMs);
      return;
    }
    if (this.#candidates[0]?.packet.ssrc !== packet.ssrc) this.#dropCandidates();
    this.#candidates.push({ packet, arrivedAtMs: nowMs });
    if (this.#mayTakeOver(nowMs)) this.#takeOver(packet.ssrc, nowMs);
  }

  #mayTakeOver(nowMs: number): boolean {
    const count = this.#candidates.length;
    if (this.#oneSender && count >= KNOWN_SENDER_PACKETS) return true;
    const silentMs = nowMs - this.#lastMs;
    const steady = count >= CONSECUTIVE_PACKETS && silentMs >= SHORT_SILENCE_MS;
    return steady || silentMs >= SILENCE_MS || count >= CAPACITY;
  }

  #takeOver(ssrc: number, nowMs: number): void {
    const packets = this.#candidates;
    this.#candidates = [];
    this.#ssrc = ssrc;
    this.#lastMs = nowMs;
    this.#sink.switched();
    for (const { packet, arrivedAtMs } of packets) this.#sink.packet(packet, arrivedAtMs);
  }

  #dropCandidates(): void {
    if (this.#candidates.length === 0) return;
    this.#sink.discarded(this.#candidates.reduce((sum, { packet }) => sum + packet.payload.length, 0));
    this.#candidates = [];
  }
}
