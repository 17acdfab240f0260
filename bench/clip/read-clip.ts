import { readFileSync } from "node:fs";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { AnnexBAssembler } from "../../lib/codecs/annexb-assembler.js";

/** The access units of a clip; each one's position is the number in its pixels. */
export function readClip(path: string): AccessUnit[] {
  const units: AccessUnit[] = [];
  const assembler = new AnnexBAssembler({
    codec: "h264",
    sink: { unit: (unit) => units.push(unit), lost: () => {}, discarded: () => {} },
  });
  assembler.push(readFileSync(path), 0);
  assembler.flush(0);
  return units;
}
