import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { RtpPacketiser } from "../../lib/rtp/packetiser.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { MAX_DATAGRAM_BYTES, type Packer } from "./packer.js";

const TICKS_PER_MS = 90;

/** RTP, one packet a datagram, with the time of display as timestamp. */
export class RtpPacker implements Packer {
  readonly #packetiser: RtpPacketiser;

  constructor(codec: RtpCodecName) {
    this.#packetiser = new RtpPacketiser({ codec, maxPacketBytes: MAX_DATAGRAM_BYTES });
  }

  pack(unit: AccessUnit): Buffer[] {
    return this.#packetiser.packets(unit, Math.round((unit.mediaTimeMs ?? unit.receivedAtMs) * TICKS_PER_MS));
  }
}
