import { StreamError } from "../errors.js";
import type { BitReader } from "./bit-reader.js";

const MAX_SETS = 64;
const MAX_PICTURES = 16;

/**
 * Leaves out the short-term reference picture sets of a sequence parameter set of H.265. Each may be written as the
 * difference to the one before, so their lengths have to be worked out.
 *
 * @throws StreamError `invalid-data` when cut short or out of range
 * @see ITU-T H.265 7.3.7 and 7.4.8
 */
export function skipShortTermSets(bits: BitReader): void {
  const sets = bits.ue();
  if (sets > MAX_SETS) throw invalid("num_short_term_ref_pic_sets", sets, MAX_SETS);
  let pictures = 0;
  for (let index = 0; index < sets; index++) {
    const predicted = index > 0 && bits.flag();
    pictures = predicted ? skipPredicted(bits, pictures) : skipExplicit(bits);
  }
}

/** @returns how many pictures the set holds */
function skipExplicit(bits: BitReader): number {
  const [negative, positive] = [bits.ue(), bits.ue()];
  const pictures = negative + positive;
  if (pictures > MAX_PICTURES) throw invalid("pictures in a reference set", pictures, MAX_PICTURES);
  for (let index = 0; index < pictures; index++) {
    bits.ue(); // delta_poc_minus1
    bits.skip(1); // used_by_curr_pic_flag
  }
  return pictures;
}

/** @returns how many pictures of the set before, and that set's own picture, are kept */
function skipPredicted(bits: BitReader, before: number): number {
  bits.skip(1); // delta_rps_sign
  bits.ue(); // abs_delta_rps_minus1
  let pictures = 0;
  for (let index = 0; index <= before; index++) {
    const used = bits.flag();
    if (used || bits.flag()) pictures++;
  }
  if (pictures > MAX_PICTURES) throw invalid("pictures in a reference set", pictures, MAX_PICTURES);
  return pictures;
}

function invalid(name: string, value: number, most: number): StreamError {
  return new StreamError("invalid-data", `H.265 sequence parameter set with ${name} ${value}, allowed: 0 to ${most}`);
}
