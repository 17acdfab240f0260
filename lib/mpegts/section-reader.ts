import { crc32 } from "../crc32.js";
import type { TsPacket } from "./packet.js";

const HEADER_BYTES = 3;
const STUFFING_TABLE = 0xff;

/** Puts the sections of one PID together out of transport stream packets. @see ITU-T H.222.0 2.4.4 */
export class SectionReader {
  readonly #onSection: (section: Buffer) => void;
  #partial: Buffer | undefined;
  #continuity: number | undefined;

  /** @param onSection is given every section whose checksum is right, with header and checksum */
  constructor(onSection: (section: Buffer) => void) {
    this.#onSection = onSection;
  }

  /** Takes the next packet of the PID. */
  push({ payload, payloadStart, continuity, transportError }: TsPacket): void {
    if (!payload || transportError) return;
    const repeated = continuity === this.#continuity;
    this.#continuity = continuity;
    if (!payloadStart) {
      if (this.#partial && !repeated) this.#read(Buffer.concat([this.#partial, payload]));
      return;
    }
    const start = 1 + payload.readUInt8(0);
    if (this.#partial) this.#read(Buffer.concat([this.#partial, payload.subarray(1, start)]));
    this.#read(payload.subarray(start));
  }

  /** What is put together wrongly, because of a loss, does not pass the checksum. */
  #read(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && rest[0] !== STUFFING_TABLE) {
      const length = HEADER_BYTES + (rest.length < HEADER_BYTES ? 0 : rest.readUInt16BE(1) & 0x0fff);
      if (rest.length < length) {
        this.#partial = rest;
        return;
      }
      const section = rest.subarray(0, length);
      if (crc32(section, 0xffffffff) === 0) this.#onSection(section);
      rest = rest.subarray(length);
    }
    this.#partial = undefined;
  }
}
