import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../lib/clock.js";
import { writeBye } from "../../../lib/rtp/rtcp.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fingerprints } from "../../support/recording-sink.js";
import { type RtpFaultShares, RtpFaults } from "../../support/rtp-faults.js";
import { pictures, play, serve } from "./rtsp-stage.js";

const SSRC = 0xabcd;

describe("UDP on a bad network", () => {
  const PASSES = 10;

  async function throughFaults(shares: RtpFaultShares, clock: Clock = systemClock) {
    const units = await pictures();
    const faults = new RtpFaults(shares);
    const server = await serve();
    server.onPlay = async (client) => {
      for (let index = 0; index < PASSES * units.length; index++) {
        for (const packet of server.packets(units[index % units.length] as never, index * 33)) {
          faults.pass(packet, (passed) => client.sendRtp(passed));
        }
        // The socket is to be read in between.
        await setImmediate();
      }
      // What is under way still comes before the end, which goes to another socket.
      for (let round = 0; round < 50; round++) await setImmediate();
      client.sendRtcp(writeBye(SSRC, "camera"));
    };
    const run = await play(`${server.url}?transport=udp`, undefined, { clock });
    const sent = new Set(fingerprints(units));
    const torn = fingerprints(run.units).filter((print) => !sent.has(print));
    return { run, torn, faults, total: PASSES * units.length };
  }

  it("puts 3 % of the packets back into order: every picture comes, as it was sent", async () => {
    // What comes late in the packets' own order does; how late by the clock is the reorder buffer's own test.
    const shares = { reordered: 0.03, duplicated: 0.01 };
    const { run, torn, faults, total } = await throughFaults(shares, new FakeClock());
    expect(faults.counts.reordered).toBeGreaterThan(20);
    expect(torn).toEqual([]);
    expect(run.lost).toBe(0);
    expect(run.units.length).toBeGreaterThan(total - 3);
  });

  it("gives no torn picture where packets are lost, and tells how much is missing", async () => {
    const { run, torn, faults, total } = await throughFaults({ lost: 0.01, reordered: 0.01 });
    expect(faults.counts.lost).toBeGreaterThan(5);
    expect(torn).toEqual([]);
    expect(run.lost).toBeGreaterThan(0);
    expect(run.units.length).toBeGreaterThan(total / 2);
  });
});
