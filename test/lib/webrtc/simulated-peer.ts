import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { parseRtcpFeedback } from "../../../lib/rtp/rtcp-feedback.js";
import type { FakeClock } from "../../support/fake-clock.js";
import { makeFrame } from "../rtp/vp8-packets.js";

const FRAME_MS = 1_000 / 30;
const HISTORY = 512;
/** Of the network at its narrowest, 20 Mbit/s. */
const PACKET_MS = 0.5;

/** How a {@link SimulatedPeer} is made. */
export interface SimulatedPeerOptions {
  clock: FakeClock;
  /** From 0 up to 1. */
  random(): number;
  /** One way. */
  delayMs: number;
  /** Share of the packets of both directions that never arrive, those that are sent again and requests too. */
  loss: number;
  /** Frames between keyframes that nobody asked for; default: the first only. */
  gop?: number;
  /** A packet arrives at the receiver. */
  deliver(packet: Buffer): void;
}

/**
 * Sends VP8 at 30 frames a second over a bad network, keeps 512 packets to send them again, and makes keyframes when it
 * is asked to.
 */
export class SimulatedPeer {
  readonly #options: SimulatedPeerOptions;
  readonly #packetiser = new RtpPacketiser({ codec: "vp8", maxPacketBytes: 1_200, initialSequence: 65_000 });
  readonly #history = new Map<number, Buffer>();
  #keyframeWanted = true;
  #freeAtMs = 0;
  /** When each frame was sent; a frame carries its number in its last bytes. */
  readonly sentAtMs: number[] = [];
  readonly counts = { packets: 0, lost: 0, nacks: 0, keyframes: 0 };

  constructor(options: SimulatedPeerOptions) {
    this.#options = options;
    options.clock.every(FRAME_MS, () => this.#frame());
  }

  /** Takes what the receiver sends. */
  feedback(rtcp: Buffer): void {
    this.#carry(rtcp, (packet) => {
      for (const request of parseRtcpFeedback(packet)) {
        if (request.kind === "keyframe-request") this.#keyframeWanted = true;
        else for (const sequence of request.sequences) this.#resend(sequence);
      }
    });
  }

  #frame(): void {
    const { clock, random, gop = Number.POSITIVE_INFINITY } = this.#options;
    const number = this.sentAtMs.length;
    const keyframe = this.#keyframeWanted || number % gop === 0;
    this.#keyframeWanted = false;
    this.counts.keyframes += keyframe ? 1 : 0;
    const frame = makeFrame({ tag: 1, length: keyframe ? 30_000 : 2_000 + Math.floor(random() * 6_000), keyframe });
    frame.data.writeUInt32BE(number, frame.data.length - 4);
    this.sentAtMs.push(clock.now());
    for (const packet of this.#packetiser.packets(frame, Math.round(number * 90 * FRAME_MS))) {
      const sequence = packet.readUInt16BE(2);
      this.#history.set(sequence, packet);
      this.#history.delete((sequence - HISTORY) & 0xffff);
      this.#send(packet);
    }
  }

  #resend(sequence: number): void {
    const packet = this.#history.get(sequence);
    this.counts.nacks += 1;
    if (packet) this.#send(packet);
  }

  #send(packet: Buffer): void {
    this.#carry(packet, (arrived) => this.#options.deliver(arrived));
  }

  #carry(packet: Buffer, arrive: (packet: Buffer) => void): void {
    const { clock, random, delayMs, loss } = this.#options;
    this.counts.packets += 1;
    this.#freeAtMs = Math.max(this.#freeAtMs, clock.now()) + PACKET_MS;
    if (random() < loss) this.counts.lost += 1;
    else clock.after(this.#freeAtMs + delayMs - clock.now(), () => arrive(packet));
  }
}

/** Numbers from 0 up to 1, the same for the same seed: xorshift. */
export function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
