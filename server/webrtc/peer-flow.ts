import { randomInt } from "node:crypto";
import type { Clock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { GopCache } from "../../lib/gop-cache.js";
import { writeBye, writeSenderReport } from "../../lib/rtp/rtcp.js";
import { parseRtcpFeedback } from "../../lib/rtp/rtcp-feedback.js";
import type { HubClient } from "../hub.js";
import { PacedSender } from "../outputs/paced-sender.js";
import { rtpTimestamp } from "../rtsp/rtp-picture.js";
import { type PackedPicture, packPicture, payloadBytes } from "./packed-picture.js";
import { type PacketHead, writePacketHead } from "./packet-head.js";
import type { PeerCodec } from "./peer-codec.js";
import { SENT_PACKETS, SentPackets } from "./sent-packets.js";

/** A browser that still cannot show anything asks again every 200 ms. */
const KEYFRAME_PAUSE_MS = 300;
/** Packets that are sent again for each that is sent, once the first are used up. */
const RESENT_SHARE = 0.5;
const MOST_RESENT = 512;

/** Figures that all peers count together. */
export interface WebrtcCounters {
  /** Packets that were asked for again, and sent. */
  resentPackets: number;
  /** Those that were answered. */
  keyframeRequests: number;
}

/** How a {@link PeerFlow} is made. */
export interface PeerFlowOptions extends PacketHead {
  /** What was agreed on. */
  codec: PeerCodec;
  /** The camera's current group of pictures. */
  gop: GopCache;
  /** Counted up, here and elsewhere. */
  totals: { sentBytes: number; droppedUnits: number };
  clock: Clock;
  counters: WebrtcCounters;
  /** Names this sender in RTCP. */
  cname: string;
  /** Sends a packet of RTP or RTCP; false: the network does not take it now. It keeps none of the bytes. */
  send(packet: Buffer): boolean;
  /** The camera's pictures are of another codec now. */
  onUnsupported(unit: AccessUnit): void;
}

/**
 * What one peer is sent, a viewer or a server that serves it on: the current group of pictures at once, then each picture
 * as it comes, and again what it lost. Its sequence numbers have no gap. What it cannot do without is taken from the
 * pictures since the last keyframe, as few cameras make one when asked.
 */
export class PeerFlow implements HubClient {
  readonly #options: PeerFlowOptions;
  readonly #sent = new SentPackets();
  readonly #sender: PacedSender;
  readonly #counts = { packets: 0, octets: 0 };
  #mode: "joining" | "flowing" | "skipping" = "joining";
  #sequence = randomInt(2 ** 16);
  #newest: PackedPicture | undefined;
  #keyframeAtMs = Number.NEGATIVE_INFINITY;
  #asked = false;
  #resendsLeft = MOST_RESENT;

  constructor(options: PeerFlowOptions) {
    this.#options = options;
    this.#sender = new PacedSender({ send: (packet) => this.#sendNext(packet), queuedBytes: () => 0 }, options.clock);
  }

  /**
   * Sends the current group of pictures; false where there is none of this codec, or one so large that the peer had
   * better wait for the next.
   */
  join(): boolean {
    const { gop, codec } = this.#options;
    const units = gop.units();
    if (units[0]?.codec !== codec) return false;
    const pictures = units.map((unit) => packPicture(unit, codec));
    const packets = pictures.flatMap((picture) => picture.packets);
    if (packets.length > SENT_PACKETS) return false;
    this.#begin();
    this.#sender.sendGently(packets);
    for (const picture of pictures) this.#count(picture);
    return true;
  }

  unit(unit: AccessUnit): void {
    const { codec, totals, onUnsupported } = this.#options;
    if (unit.codec !== codec) return onUnsupported(unit);
    if (unit.keyframe) this.#begin();
    if (this.#mode === "skipping") totals.droppedUnits += 1;
    if (this.#mode !== "flowing") return;
    const picture = packPicture(unit, codec);
    this.#sender.send(picture.packets);
    this.#count(picture);
  }

  /** Answers what a viewer asks for in a packet of RTCP. */
  feedback(datagram: Buffer): void {
    for (const request of parseRtcpFeedback(datagram)) {
      if (request.ssrc !== this.#options.ssrc) continue;
      if (request.kind === "nack") for (const sequence of request.sequences) this.#resend(sequence);
      else this.#keyframeRequested();
    }
  }

  /** Tells how the stream's time lies on this machine's wall clock. */
  report(): void {
    const { clock, ssrc, cname, send } = this.#options;
    if (!this.#newest) return;
    const { displayMs, receivedAtMs } = this.#newest;
    const time = { ntpMs: clock.wallNow(), rtpTimestamp: rtpTimestamp(displayMs + clock.now() - receivedAtMs) };
    send(writeSenderReport({ ssrc, ...time, ...this.#counts }, cname));
  }

  /** Says goodbye and sends nothing more. */
  close(): void {
    const { ssrc, cname, send } = this.#options;
    this.#sender.stop();
    send(writeBye(ssrc, cname));
  }

  #keyframeRequested(): void {
    const { clock, counters } = this.#options;
    const wasAsked = this.#asked;
    this.#asked = true;
    // Of what it was sent first, a peer may have lost the beginning: it came before its end of DTLS was ready.
    if (wasAsked && clock.now() - this.#keyframeAtMs < KEYFRAME_PAUSE_MS) return;
    if (this.join()) counters.keyframeRequests += 1;
  }

  #begin(): void {
    // What the network did not take belongs to nothing any more.
    if (this.#mode === "skipping") this.#sender.stop();
    this.#mode = "flowing";
    this.#keyframeAtMs = this.#options.clock.now();
  }

  #count(picture: PackedPicture): void {
    this.#newest = picture;
    this.#options.totals.sentBytes += picture.bytes;
    this.#counts.octets += payloadBytes(picture);
  }

  #sendNext(packet: Buffer): void {
    if (this.#mode !== "flowing") return;
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    this.#sent.add(sequence, packet);
    this.#counts.packets += 1;
    this.#resendsLeft = Math.min(this.#resendsLeft + RESENT_SHARE, MOST_RESENT);
    if (this.#options.send(writePacketHead(packet, sequence, this.#options))) return;
    this.#mode = "skipping";
    this.#options.totals.droppedUnits += 1;
  }

  /** A line that loses much must not be given much more. */
  #resend(sequence: number): void {
    const { send, counters } = this.#options;
    const packet = this.#sent.find(sequence);
    if (!packet || this.#resendsLeft < 1) return;
    this.#resendsLeft -= 1;
    counters.resentPackets += 1;
    send(writePacketHead(packet, sequence, this.#options));
  }
}
