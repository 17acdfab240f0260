import type { AccessUnit, Codec } from "../../lib/codecs/access-unit.js";
import { AnnexBAssembler } from "../../lib/codecs/annexb-assembler.js";

/** The access units of a whole Annex B stream, received at `receivedAtMs`. */
export function unitsOf(stream: Buffer, codec: Codec & ("h264" | "h265"), receivedAtMs = 0): AccessUnit[] {
  const units: AccessUnit[] = [];
  const sink = { unit: (unit: AccessUnit) => void units.push(unit), lost: () => {}, discarded: () => {} };
  const assembler = new AnnexBAssembler({ sink, codec });
  assembler.push(stream, receivedAtMs);
  assembler.flush(receivedAtMs);
  return units;
}
