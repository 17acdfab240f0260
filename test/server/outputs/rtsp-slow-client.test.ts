import { describe, expect, it } from "vitest";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import { fingerprints } from "../../support/recording-sink.js";
import type { RtspClient } from "../support/rtsp-client.js";
import { GOP, packetsOf, RtspStage, unitsIn } from "../support/rtsp-stage.js";

const UNIT_BYTES = 256 * 1024;
const PACKETS = Math.ceil(UNIT_BYTES / 1_437);
const INTERVAL_MS = 40;

/** Publishes 25 pictures a second of the fake clock, each read by the fast client before the next. */
async function publish(stage: RtspStage, fast: RtspClient, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    stage.publish(1, UNIT_BYTES);
    stage.clock.advance(INTERVAL_MS);
    await fast.frames(stage.published.length * PACKETS - PACKETS / 2);
    await UnsentBytes.of(stage.clock).sample();
  }
}

describe("slow RTSP client over TCP", () => {
  it("misses pictures up to a keyframe, while another gets every one", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1, UNIT_BYTES);
    const [fast, slow] = [await stage.connect(), await stage.connect()];
    await fast.playOverTcp();
    await slow.playOverTcp();
    slow.socket.pause();
    await publish(stage, fast, 8 * GOP);
    const { droppedUnits } = stage.running.output.stats();
    expect(droppedUnits).toBeGreaterThan(2 * GOP);
    slow.socket.resume();
    // What was on its way arrives; then the next keyframe comes.
    await slow.request("GET_PARAMETER");
    await UnsentBytes.of(stage.clock).sample();
    await publish(stage, fast, GOP);
    await slow.request("GET_PARAMETER");
    const units = unitsIn(await fast.frames(1));
    expect(fingerprints(units)).toEqual(fingerprints(stage.published).slice(0, units.length));
    expect(units.length).toBeGreaterThanOrEqual(stage.published.length - 1);
    const frames = packetsOf(await slow.frames(1));
    const gaps = frames.flatMap(({ sequence }, index) => {
      const step = index === 0 ? 1 : (sequence - (frames[index - 1]?.sequence as number) + 0x10000) & 0xffff;
      return step === 1
        ? []
        : [{ step, markerBefore: frames[index - 1]?.marker, firstByte: frames[index]?.payload[0] }];
    });
    // A keyframe begins with its parameter sets, in one packet.
    expect(gaps).toEqual([{ step: expect.any(Number), markerBefore: true, firstByte: 0x78 }]);
    expect(stage.running.output.stats().droppedUnits).toBeGreaterThanOrEqual(droppedUnits);
  });
});
