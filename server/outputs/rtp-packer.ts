import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { RtpPacketiser } from "../../lib/rtp/packetiser.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import type { Packer } from "./packer.js";

const TICKS_PER_MS = 90;
/** Leaves room for what a relay adds, WebRTC's encryption among it, so that a packet still is one of Ethernet and IPv6. */
const MAX_PACKET_BYTES = 1_400;

/** RTP, one packet a datagram, with the time of display as timestamp. */
export class RtpPacker implements Packer {
  readonly #packetiser: RtpPacketiser;

  constructor(codec: RtpCodecName) {
    this.#packetiser = new RtpPacketiser({ codec, maxPacketBytes: MAX_PACKET_BYTES });
  }

  pack(unit: AccessUnit): Buffer[] {
    return this.#packetiser.packets(unit, Math.round((unit.mediaTimeMs ?? unit.receivedAtMs) * TICKS_PER_MS));
  }
}
