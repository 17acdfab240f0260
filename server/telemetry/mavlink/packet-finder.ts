import { mavlinkChecksum } from "./checksum.js";
import { definitionById, type MavlinkDefinition } from "./message-definition.js";
import { isMagic, nextMagic, type PacketHeader, readHeader } from "./packet.js";

/** A packet that is believed to be one. */
export interface Packet {
  header: PacketHeader;
  /** Undefined: of a message in no dialect that we know, and its checksum unverified. */
  definition: MavlinkDefinition | undefined;
}

/** Bytes to find packets in. */
export interface Span {
  bytes: Buffer;
  /** Whether nothing follows the last byte. */
  isWhole: boolean;
  /** Whether a packet has just ended, so that one should begin. Kept up to date. */
  inStep: boolean;
}

/**
 * Finds the packets in bytes. A checksum that is wrong costs one byte: the search goes on behind the magic byte, for a
 * packet may begin within what only looked like one.
 *
 * The checksum of a message in no dialect of ours cannot be verified, for it covers the message's fields too. Such a
 * packet is believed only where the one before it has just ended (or the datagram begins) and where the next one, or the
 * datagram's end, follows: noise has a magic byte in every 128, and would otherwise swallow sound packets.
 */
export class PacketFinder {
  /** Looked like a packet of a message that we know, but for its checksum. */
  badChecksum = 0;
  /** In no packet. */
  skippedBytes = 0;

  /** The packets, and where what may become one begins when more bytes come; at the end of a whole span nothing is. */
  find(span: Span): { packets: Packet[]; end: number } {
    const packets: Packet[] = [];
    let at = 0;
    while (at < span.bytes.length) {
      const start = nextMagic(span.bytes, at);
      this.#skip(span, start - at);
      at = start;
      if (at === span.bytes.length) break;
      const found = this.#packetAt(span, at);
      if (found === "more") break;
      if (found === "noise") {
        this.#skip(span, 1);
        at += 1;
        continue;
      }
      packets.push(found);
      span.inStep = true;
      at = found.header.end;
    }
    return { packets, end: at };
  }

  #skip(span: Span, count: number): void {
    if (count === 0) return;
    this.skippedBytes += count;
    span.inStep = false;
  }

  #packetAt({ bytes, isWhole, inStep }: Span, at: number): Packet | "noise" | "more" {
    const missing = isWhole ? "noise" : "more";
    const header = readHeader(bytes, at);
    if (!header) return missing;
    const definition = definitionById(header.id);
    if (definition ? isTooLong(header, definition) : !inStep || header.hasUnknownFlags) return "noise";
    if (header.end > bytes.length) return missing;
    if (definition) {
      if (isSound(bytes, header, definition)) return { header, definition };
      this.badChecksum++;
      return "noise";
    }
    if (header.end < bytes.length) return isMagic(bytes[header.end]) ? { header, definition } : "noise";
    return isWhole ? { header, definition } : "more";
  }
}

/** MAVLink 1 has no extensions that could be newer than our table. */
function isTooLong({ version, payload, checksum }: PacketHeader, definition: MavlinkDefinition): boolean {
  return version === 1 && checksum - payload > definition.length;
}

function isSound(bytes: Buffer, { start, checksum }: PacketHeader, { crcExtra }: MavlinkDefinition): boolean {
  const expected = mavlinkChecksum(bytes, { start: start + 1, end: checksum, crcExtra });
  return bytes.readUInt16LE(checksum) === expected;
}
