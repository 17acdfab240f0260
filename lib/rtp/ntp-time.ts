/** A time as RTCP writes it: two words of 32 bits. @see RFC 3550 section 4 */
export interface NtpTime {
  /** Since 1900, modulo 2^32. */
  seconds: number;
  /** Units of 2^-32 s. */
  fraction: number;
}

const EPOCH_SECONDS = 2_208_988_800;
const WORD = 2 ** 32;

/**
 * The NTP time of `epochMs` (milliseconds since 1970, fractional). Seconds and fraction are computed apart, since one
 * number holds both to a quarter of a microsecond only.
 */
export function ntpOfEpoch(epochMs: number): NtpTime {
  const wholeSeconds = Math.floor(epochMs / 1_000);
  const fraction = Math.round(((epochMs - wholeSeconds * 1_000) / 1_000) * WORD);
  // What rounds up to a whole second carries; the shift keeps 32 bits of each.
  const carry = fraction === WORD ? 1 : 0;
  return { seconds: (wholeSeconds + EPOCH_SECONDS + carry) >>> 0, fraction: fraction >>> 0 };
}

/**
 * Milliseconds since 1970 of an NTP time, fractional, exact to a quarter of a microsecond; negative before 1970. Takes
 * the era that ends on 7 February 2036, so that uptimes and zero stay far in the past instead of in the future.
 */
export function epochOfNtp({ seconds, fraction }: NtpTime): number {
  return (seconds - EPOCH_SECONDS) * 1_000 + (fraction * 1_000) / WORD;
}

/** The middle 32 bits of the NTP time of `epochMs`, which report blocks name it by: units of 1/65536 s, wraps. */
export function middleNtpBits(epochMs: number): number {
  const { seconds, fraction } = ntpOfEpoch(epochMs);
  return ((seconds << 16) | (fraction >>> 16)) >>> 0;
}
