import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRtcp, type SenderReport, writeSenderReport } from "../../../lib/rtp/rtcp.js";
import { SenderClock } from "../../../lib/rtp/sender-clock.js";

const NOON_MS = Date.UTC(2025, 5, 1, 12);
const REPORT: SenderReport = { ssrc: 1, ntpMs: NOON_MS, rtpTimestamp: 1_000, packets: 0, octets: 0 };
const HOUR_TICKS = 3_600 * 90_000;

function clockWith(report: Partial<SenderReport>, clockRate = 90_000): SenderClock {
  const clock = new SenderClock({ clockRate });
  clock.report({ ...REPORT, ...report });
  return clock;
}

describe("SenderClock", () => {
  it("knows nothing before the first report", () => {
    expect(new SenderClock({ clockRate: 90_000 }).wallMs(0)).toBeUndefined();
  });

  it.each([
    ["of the report itself", 1_000, 1_000, 0],
    ["a second later", 1_000, 91_000, 1_000],
    ["a picture earlier, as those are that the report follows", 91_000, 88_000, -100 / 3],
    ["over the wrap", 0xffff_ffff, 89_999, 1_000],
    ["back over the wrap", 89_999, 0xffff_ffff, -1_000],
    ["six hours later", 0xf000_0000, (0xf000_0000 + 6 * HOUR_TICKS) % 2 ** 32, 6 * 3_600_000],
    ["six hours earlier", 0x1000, 0x1000 - 6 * HOUR_TICKS + 2 ** 32, -6 * 3_600_000],
  ])("tells the time of a timestamp %s", (_what, reported, rtpTimestamp, laterMs) => {
    expect(clockWith({ rtpTimestamp: reported }).wallMs(rtpTimestamp)).toBeCloseTo(NOON_MS + laterMs, 3);
  });

  it("takes the newest report", () => {
    const clock = clockWith({});
    clock.report({ ...REPORT, ntpMs: NOON_MS + 5_007, rtpTimestamp: 451_000 });
    expect(clock.wallMs(451_000)).toBe(NOON_MS + 5_007);
  });

  it("counts in its own clock rate", () => {
    expect(clockWith({}, 1_000).wallMs(2_500)).toBe(NOON_MS + 1_500);
  });

  it.each([
    ["zero", "0000000000000000"],
    ["the sender's uptime", "00012345a0000000"],
    ["seconds since 1970 as if since 1900", "683c409000000000"],
    ["the last second of 1989", "a9491bff00000000"],
  ])("tells nothing where the report says %s", (_what, ntp) => {
    const [packet] = parseRtcp(Buffer.from(`80c8000600000001${ntp}000000000000000000000000`, "hex"));
    const clock = clockWith({});
    if (packet?.kind === "sender-report") clock.report(packet.report);
    expect(packet?.kind).toBe("sender-report");
    expect(clock.wallMs(0)).toBeUndefined();
  });

  it("takes a report with a time again after one without", () => {
    const clock = clockWith({ ntpMs: 0 });
    clock.report(REPORT);
    expect(clock.wallMs(1_000)).toBe(NOON_MS);
  });

  it("knows nothing after a reset", () => {
    const clock = clockWith({});
    clock.reset();
    expect(clock.wallMs(1_000)).toBeUndefined();
  });

  it("gives back the sender's time to a microsecond, over the wire and up to 6 hours from the report", () => {
    const hours = fc.double({ min: -6, max: 6, noNaN: true });
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e11, noNaN: true }), word, hours, (sinceMs, rtpTimestamp, away) => {
        const ntpMs = Date.UTC(2020) + sinceMs;
        const [packet] = parseRtcp(writeSenderReport({ ...REPORT, ntpMs, rtpTimestamp }, "x"));
        const clock = new SenderClock({ clockRate: 90_000 });
        if (packet?.kind === "sender-report") clock.report(packet.report);
        const ticks = Math.round(away * HOUR_TICKS);
        const difference = (clock.wallMs((rtpTimestamp + ticks) >>> 0) ?? 0) - (ntpMs + ticks / 90);
        expect(Math.abs(difference)).toBeLessThan(0.001);
      }),
    );
  });
});
