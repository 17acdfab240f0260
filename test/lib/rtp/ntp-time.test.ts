import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochOfNtp, middleNtpBits, ntpOfEpoch } from "../../../lib/rtp/ntp-time.js";

const EPOCH_1990 = Date.UTC(1990);
const END_OF_ERA = Date.UTC(2036, 1, 7, 6, 28, 16);
const HALF_SECOND = 0x8000_0000;

describe("NTP time", () => {
  it.each([
    ["1970", 0, 0x83aa_7e80, 0],
    ["2000", Date.UTC(2000), 0xbc17_c200, 0],
    ["half a second before 1970", -500, 0x83aa_7e7f, HALF_SECOND],
    ["a quarter of a millisecond", 0.25, 0x83aa_7e80, 0x0010_624e],
    ["1900", -2_208_988_800_000, 0, 0],
    ["the last half second of the era", END_OF_ERA - 500, 0xffff_ffff, HALF_SECOND],
  ])("is that of %s, both ways", (_what, epochMs, seconds, fraction) => {
    expect(ntpOfEpoch(epochMs)).toEqual({ seconds, fraction });
    expect(epochOfNtp({ seconds, fraction })).toBeCloseTo(epochMs, 5);
  });

  it("carries what rounds up to a whole second", () => {
    expect(ntpOfEpoch(-1e-10)).toEqual({ seconds: 0x83aa_7e80, fraction: 0 });
  });

  it("wraps after the era", () => {
    expect(ntpOfEpoch(END_OF_ERA + 1_500)).toEqual({ seconds: 1, fraction: HALF_SECOND });
  });

  it("gives back every time of the era as it was", () => {
    const time = fc.double({ min: EPOCH_1990, max: END_OF_ERA - 1, noNaN: true });
    fc.assert(fc.property(time, (epochMs) => void expect(epochOfNtp(ntpOfEpoch(epochMs))).toBe(epochMs)));
  });

  it("is exact to a microsecond whatever the words are", () => {
    const words = fc.record({
      seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
      fraction: fc.integer({ min: 0, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(fc.oneof(words, fc.constant({ seconds: 0xffff_ffff, fraction: 0xffff_ffff })), (ntp) => {
        const back = ntpOfEpoch(epochOfNtp(ntp));
        // The era's last instant rounds to its end, which is written as its start.
        const seconds = (back.seconds - ntp.seconds) | 0;
        expect(Math.abs(seconds * 2 ** 32 + back.fraction - ntp.fraction)).toBeLessThan(2 ** 32 / 1e6);
      }),
    );
  });
});

describe("middleNtpBits", () => {
  it.each([
    [0, 0x7e80_0000],
    [500, 0x7e80_8000],
    [1_000 / 65_536, 0x7e80_0001],
    [Date.UTC(2000), 0xc200_0000],
    [-2_208_988_800_000, 0],
  ])("are of %d ms the low 16 of the seconds and the high 16 of the fraction", (epochMs, bits) => {
    expect(middleNtpBits(epochMs)).toBe(bits);
  });
});
