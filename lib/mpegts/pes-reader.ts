import type { TsPacket } from "./packet.js";
import { TS_PACKET_BYTES } from "./packet.js";
import { type PesHeader, parsePesHeader } from "./pes-header.js";

/** Where a {@link PesReader} puts what it found. */
export interface PesSink {
  /** The payload of one PES packet, whole, its presentation time (33 bits), and when its last byte was here. */
  pes(payload: Buffer, pts: number | undefined, receivedAtMs: number): void;
  /** A PES packet did not arrive whole. */
  broken(): void;
  discarded(bytes: number): void;
}

/**
 * `joining`: nothing began yet; `open`: in a PES packet; `skipping`: in one that is counted as broken; else how the
 * end of the last one was known: by its `length`, by a `hint` (stuffing), or by a `flush`.
 */
type State = "joining" | "open" | "skipping" | "length" | "hint" | "flush";

/**
 * Puts the PES packets of one video stream together. The end of one is known from its length; where that is 0, as is
 * usual for video, from stuffing in a packet that is not its first, since muxers pad only the last; else from a flush,
 * or from the next one's start.
 *
 * @see ITU-T H.222.0 2.4.3.3, 2.4.3.6
 */
export class PesReader {
  readonly #sink: PesSink;
  readonly #maxBytes: number;
  #state: State = "joining";
  #hintTrusted = true;
  #misfires = 0;
  #last: { continuity: number; payload: Buffer } | undefined;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #header: PesHeader | undefined;
  #receivedAtMs = 0;

  constructor(options: { sink: PesSink; maxBytes: number }) {
    this.#sink = options.sink;
    this.#maxBytes = options.maxBytes;
  }

  /** How often an end was assumed, by hint or flush, and more of the same PES packet came. */
  get misfires(): number {
    return this.#misfires;
  }

  /** Whether a flush would end a PES packet. */
  get pending(): boolean {
    return this.#state === "open" && this.#header !== undefined && this.#header.payloadBytes === undefined;
  }

  /** Takes the next packet of the stream, which arrived at `nowMs`. */
  push(packet: TsPacket, nowMs: number): void {
    const { payload, payloadStart } = packet;
    if (packet.transportError) this.gap();
    if (packet.transportError || !payload || !this.#inOrder(packet, payload)) return;
    if (packet.scrambled) {
      this.#sink.discarded(TS_PACKET_BYTES);
      return;
    }
    if (payloadStart) this.#begin();
    else if (this.#state !== "open") {
      this.#continueClosed(payload);
      return;
    }
    this.#receivedAtMs = nowMs;
    this.#add(payload);
    if (this.#state === "open" && this.#header) this.#endWhereKnown(this.#header, packet);
  }

  /** Packets of the stream are missing before the next one. */
  gap(): void {
    if (this.#state === "joining" || this.#state === "skipping") return;
    this.#fail();
  }

  /** The bytes stopped coming: a PES packet of unknown length is taken to be whole. */
  flush(): void {
    if (this.pending) this.#finish("flush");
  }

  #inOrder({ continuity, discontinuity }: TsPacket, payload: Buffer): boolean {
    const last = this.#last;
    this.#last = { continuity, payload };
    if (!last || ((last.continuity + 1) & 0x0f) === continuity) return true;
    // A packet may be sent twice; without the look at its bytes, a loss of 15 would pass for that.
    if (last.continuity === continuity && last.payload.equals(payload)) return false;
    if (this.#state === "open" || !discontinuity) this.gap();
    return true;
  }

  #begin(): void {
    if (this.pending) this.#finish("length");
    else if (this.#state === "open") this.#fail();
    this.#state = "open";
    this.#header = undefined;
    this.#pieces = [];
    this.#bytes = 0;
  }

  #continueClosed(payload: Buffer): void {
    if (this.#state === "length") this.#sink.discarded(payload.length);
    if (this.#state !== "hint" && this.#state !== "flush") return;
    this.#misfires++;
    if (this.#state === "hint") this.#hintTrusted = false;
    this.#fail();
  }

  #add(payload: Buffer): void {
    this.#pieces.push(payload);
    this.#bytes += payload.length;
    // What is bounded is memory: a packet of one byte of payload holds on to all of its bytes.
    if (this.#pieces.length * TS_PACKET_BYTES > this.#maxBytes) {
      this.#sink.discarded(this.#bytes);
      this.#fail();
    } else if (!this.#header) this.#readHeader();
  }

  #readHeader(): void {
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    const header = parsePesHeader(bytes);
    if (header === "short") return;
    if (!header) {
      this.#sink.discarded(this.#bytes);
      this.#fail();
      return;
    }
    this.#header = header;
    this.#pieces = [bytes.subarray(header.headerBytes)];
    this.#bytes -= header.headerBytes;
  }

  #endWhereKnown({ payloadBytes }: PesHeader, { payloadStart, stuffed }: TsPacket): void {
    if (payloadBytes !== undefined) {
      if (this.#bytes >= payloadBytes) this.#finish("length");
    } else if (stuffed && !payloadStart && this.#hintTrusted) this.#finish("hint");
  }

  #finish(how: "length" | "hint" | "flush"): void {
    const payload = Buffer.concat(this.#pieces, Math.min(this.#bytes, this.#header?.payloadBytes ?? this.#bytes));
    this.#pieces = [];
    this.#state = how;
    this.#sink.pes(payload, this.#header?.pts, this.#receivedAtMs);
  }

  #fail(): void {
    this.#pieces = [];
    this.#state = "skipping";
    this.#sink.broken();
  }
}
