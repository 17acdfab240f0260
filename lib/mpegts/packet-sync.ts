import { SYNC_BYTE, TS_PACKET_BYTES } from "./packet.js";

// A sync byte alone is found in any data: so many in a row, a packet apart, make a stream.
const PACKETS_TO_SYNC = 3;
const BYTES_TO_SYNC = (PACKETS_TO_SYNC - 1) * TS_PACKET_BYTES + 1;

/** Where {@link PacketSync} puts what it found. */
export interface PacketSyncSink {
  /** 188 bytes that begin with the sync byte: a view, or a copy where the packet came in two parts. */
  packet(packet: Buffer): void;
  /** Bytes that are no part of a packet. */
  discarded(bytes: number): void;
}

/** Cuts bytes in any chunking into packets of 188 bytes, and finds them again after bytes that are none. */
export class PacketSync {
  readonly #sink: PacketSyncSink;
  #rest: Buffer = Buffer.alloc(0);
  #synced = false;

  constructor(sink: PacketSyncSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes and passes on every packet that is whole. */
  push(bytes: Buffer): void {
    let data = bytes;
    if (this.#rest.length > 0) data = this.#synced ? this.#completePacket(bytes) : Buffer.concat([this.#rest, bytes]);
    this.#rest = data.subarray(this.#readPackets(data));
  }

  /** Joins only the packet that came in two parts; returns the bytes behind it, not copied. */
  #completePacket(bytes: Buffer): Buffer {
    const missing = TS_PACKET_BYTES - this.#rest.length;
    const packet = Buffer.concat([this.#rest, bytes.subarray(0, missing)]);
    if (packet.length < TS_PACKET_BYTES) return packet;
    this.#sink.packet(packet);
    return bytes.subarray(missing);
  }

  #readPackets(data: Buffer): number {
    let position = 0;
    while (position < data.length) {
      if (this.#synced && data[position] !== SYNC_BYTE) this.#synced = false;
      if (!this.#synced) {
        const start = findSync(data, position);
        if (start > position) this.#sink.discarded(start - position);
        position = start;
        if (data.length - position < BYTES_TO_SYNC) return position;
        this.#synced = true;
      }
      if (data.length - position < TS_PACKET_BYTES) return position;
      this.#sink.packet(data.subarray(position, position + TS_PACKET_BYTES));
      position += TS_PACKET_BYTES;
    }
    return position;
  }
}

/** The first position from `from` on where packets begin, as far as `data` goes; its length when there is none. */
function findSync(data: Buffer, from: number): number {
  let position = data.indexOf(SYNC_BYTE, from);
  while (position >= 0) {
    if (isSync(data, position)) return position;
    position = data.indexOf(SYNC_BYTE, position + 1);
  }
  return data.length;
}

function isSync(data: Buffer, position: number): boolean {
  const end = Math.min(data.length, position + BYTES_TO_SYNC);
  for (let at = position; at < end; at += TS_PACKET_BYTES) if (data[at] !== SYNC_BYTE) return false;
  return true;
}
