/** What stands before every NAL unit that we write. @see ITU-T H.264 Annex B.1, H.265 Annex B.2 */
export const START_CODE: Buffer = Buffer.from([0, 0, 0, 1]);

/** The part of a start code that readers look for; the zero byte before it is optional for most NAL units. */
export const START_CODE_PREFIX: Buffer = Buffer.from([0, 0, 1]);

const EMULATION_PREVENTION = Buffer.from([0, 0, 3]);

/**
 * The NAL units of Annex B bytes, in order, as views into `data`: no start codes, no zeros at their ends.
 * Bytes before the first start code and empty NAL units are left out.
 */
export function splitNalUnits(data: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  let prefix = data.indexOf(START_CODE_PREFIX);
  while (prefix >= 0) {
    const start = prefix + START_CODE_PREFIX.length;
    prefix = data.indexOf(START_CODE_PREFIX, start);
    const end = trimZeros(data, start, prefix < 0 ? data.length : prefix);
    if (end > start) nals.push(data.subarray(start, end));
  }
  return nals;
}

/** Annex B bytes of `nals`, each behind a {@link START_CODE}; a new buffer. */
export function joinNalUnits(nals: readonly Buffer[]): Buffer {
  const data = Buffer.allocUnsafe(joinedLength(nals));
  let offset = 0;
  for (const nal of nals) {
    data.writeUInt32BE(1, offset);
    data.set(nal, offset + START_CODE.length);
    offset += START_CODE.length + nal.length;
  }
  return data;
}

/** The length in bytes of what {@link joinNalUnits} makes of `nals`. */
export function joinedLength(nals: readonly Buffer[]): number {
  return nals.reduce((sum, nal) => sum + START_CODE.length + nal.length, 0);
}

/** The end of `data[start, end)` without the zeros at its end: a NAL unit never ends in a zero byte. */
export function trimZeros(data: Buffer, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && data[trimmed - 1] === 0) trimmed--;
  return trimmed;
}

/**
 * A NAL unit's bytes with the emulation prevention bytes taken out. Returns `nal` itself where there are none.
 *
 * @see ITU-T H.264 7.4.1, H.265 7.4.2
 */
export function unescapeNal(nal: Buffer): Buffer {
  let found = nal.indexOf(EMULATION_PREVENTION);
  if (found < 0) return nal;
  const rbsp = Buffer.allocUnsafe(nal.length);
  let from = 0;
  let length = 0;
  while (found >= 0) {
    length += nal.copy(rbsp, length, from, found + 2);
    from = found + EMULATION_PREVENTION.length;
    found = nal.indexOf(EMULATION_PREVENTION, from);
  }
  length += nal.copy(rbsp, length, from);
  return rbsp.subarray(0, length);
}

/**
 * The other way round: `rbsp` (NAL unit header included) with emulation prevention bytes put in, so that no start
 * code stands in it.
 *
 * @see ITU-T H.264 7.4.1, H.265 7.4.2
 */
export function escapeNal(rbsp: Buffer): Buffer {
  const nal = Buffer.allocUnsafe(rbsp.length + Math.ceil(rbsp.length / 2));
  let length = 0;
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros === 2 && byte <= 3) {
      nal[length++] = 3;
      zeros = 0;
    }
    nal[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  if (zeros === 2) nal[length++] = 3;
  return nal.subarray(0, length);
}
