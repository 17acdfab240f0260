import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import { decodePayload } from "./decode-payload.js";
import { LONGEST_PACKET } from "./packet.js";
import { type Packet, PacketFinder, type Span } from "./packet-finder.js";
import { SequenceWatch } from "./sequence-watch.js";

/** What a {@link MavlinkParser} saw so far. */
export interface MavlinkCounters {
  /** Given back as messages, the unknown ones included. */
  packets: number;
  /** Looked like a packet of a message that we know, but for its checksum: damaged, or another dialect's, or noise. */
  badChecksum: number;
  /** In no packet. */
  skippedBytes: number;
  /** Packets of messages in no dialect that we know. */
  unknown: number;
  /** Sound packets that say that only who knows all their flags can read them; dropped. */
  unsupported: number;
  /** Missing from the sequences of their senders. */
  lost: number;
}

/**
 * Decodes the MAVLink 1 and 2 packets in bytes, whatever else is in them. Never throws. Signatures are left unverified.
 * @see https://mavlink.io/en/guide/serialization.html
 */
export class MavlinkParser {
  readonly #now: () => number;
  readonly #finder = new PacketFinder();
  readonly #sequences = new SequenceWatch();
  #packets = 0;
  #unknown = 0;
  #unsupported = 0;
  /** The beginning of a packet of which the rest has yet to come; never longer than one packet. */
  #carried: Buffer = Buffer.alloc(0);
  #streamInStep = false;

  /** `now` tells milliseconds since the epoch, for `atMs`. */
  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  /** As of now. */
  get counters(): Readonly<MavlinkCounters> {
    const { badChecksum, skippedBytes } = this.#finder;
    const { lost } = this.#sequences;
    const [packets, unknown, unsupported] = [this.#packets, this.#unknown, this.#unsupported];
    return { packets, badChecksum, skippedBytes, unknown, unsupported, lost };
  }

  /** The messages in one datagram: all that its packets are in it, and nothing is kept for the next. */
  datagram(bytes: Buffer): MavlinkMessage[] {
    const { packets } = this.#finder.find({ bytes, isWhole: true, inStep: true });
    return this.#messages(bytes, packets);
  }

  /** The messages that these bytes of a stream, such as a serial port's, complete. */
  stream(bytes: Buffer): MavlinkMessage[] {
    const all = this.#carried.length > 0 ? Buffer.concat([this.#carried, bytes]) : bytes;
    const span: Span = { bytes: all, isWhole: false, inStep: this.#streamInStep };
    const { packets, end } = this.#finder.find(span);
    this.#streamInStep = span.inStep;
    // A copy, lest a few bytes keep a large buffer, or its owner write to them.
    this.#carried = Buffer.from(all.subarray(end, end + LONGEST_PACKET));
    return this.#messages(all, packets);
  }

  #messages(bytes: Buffer, packets: Packet[]): MavlinkMessage[] {
    const atMs = this.#now();
    const messages: MavlinkMessage[] = [];
    for (const packet of packets) {
      const { systemId, componentId, sequence, hasUnknownFlags } = packet.header;
      this.#sequences.add(systemId, componentId, sequence);
      if (hasUnknownFlags) this.#unsupported++;
      else messages.push(this.#message(bytes, packet, atMs));
    }
    this.#packets += messages.length;
    return messages;
  }

  #message(bytes: Buffer, { header, definition }: Packet, atMs: number): MavlinkMessage {
    const { id, systemId, componentId, sequence, version, signed, payload, checksum } = header;
    const common = { systemId, componentId, sequence, version, signed };
    if (definition) {
      const fields = decodePayload(definition, bytes, { start: payload, end: checksum });
      return { id, name: definition.name, ...common, fields, atMs };
    }
    this.#unknown++;
    return { id, name: null, ...common, fields: {}, payload: bytes.toString("hex", payload, checksum), atMs };
  }
}
