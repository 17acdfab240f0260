import { randomInt } from "node:crypto";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { RTP_HEADER_BYTES } from "../../lib/rtp/packet.js";
import { MP2T_PAYLOAD_TYPE } from "../../lib/rtp/ts-payload.js";
import { TsPacker } from "../outputs/ts-packer.js";
import type { Packetiser } from "./rtp-feed.js";

const VERSION_FLAGS = 0x80;

/** Access units as MPEG-TS in RTP packets. @see RFC 2250 section 2 */
export class TsPacketiser implements Packetiser {
  readonly ssrc = randomInt(2 ** 32);
  readonly #packer: TsPacker;
  #sequence = randomInt(2 ** 16);

  constructor(codec: NalCodecName) {
    this.#packer = new TsPacker(codec);
  }

  packets(unit: AccessUnit, timestamp: number): Buffer[] {
    return this.#packer.pack(unit).map((payload) => {
      const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length);
      // The marker is for jumps of the timestamp only.
      packet.set([VERSION_FLAGS, MP2T_PAYLOAD_TYPE]);
      packet.writeUInt16BE(this.#sequence, 2);
      packet.writeUInt32BE(timestamp, 4);
      packet.writeUInt32BE(this.ssrc, 8);
      packet.set(payload, RTP_HEADER_BYTES);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      return packet;
    });
  }
}
