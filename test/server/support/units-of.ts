import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { AnnexBAssembler } from "../../../lib/codecs/annexb-assembler.js";

/** The access units of an Annex B stream, 30 of them a second. */
export function unitsOf(stream: Buffer): AccessUnit[] {
  const units: AccessUnit[] = [];
  const sink = { unit: (unit: AccessUnit) => void units.push(unit), lost: () => {}, discarded: () => {} };
  const assembler = new AnnexBAssembler({ sink });
  assembler.push(stream, 0);
  assembler.flush(0);
  return units.map((unit, index) => ({ ...unit, receivedAtMs: 1_000 + (index * 1_000) / 30 }));
}
