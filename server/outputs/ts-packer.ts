import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { TsMuxer } from "../../lib/mpegts/muxer.js";
import { DecodingTimes } from "./decoding-times.js";
import type { Packer } from "./packer.js";

/** Seven packets of 188 bytes: as many whole ones as fit, and what every receiver of MPEG-TS over UDP expects. */
const DATAGRAM_BYTES = 7 * 188;

/** MPEG transport stream in datagrams of seven packets; the last of a unit may hold fewer. */
export class TsPacker implements Packer {
  readonly #muxer: TsMuxer;
  readonly #decodingTimes: DecodingTimes;

  constructor(codec: NalCodecName) {
    this.#muxer = new TsMuxer({ codec });
    this.#decodingTimes = new DecodingTimes(codec);
  }

  pack(unit: AccessUnit): Buffer[] {
    const displayMs = unit.mediaTimeMs ?? unit.receivedAtMs;
    const packets = this.#muxer.mux(unit, displayMs, this.#decodingTimes.next(unit, displayMs));
    return Array.from({ length: Math.ceil(packets.length / DATAGRAM_BYTES) }, (_, index) =>
      packets.subarray(index * DATAGRAM_BYTES, (index + 1) * DATAGRAM_BYTES),
    );
  }
}
