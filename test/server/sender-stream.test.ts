import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import { parseStamp } from "../../lib/codecs/frame-stamp.js";
import { StreamError } from "../../lib/errors.js";
import type { Sender } from "../../server/sender.js";
import { makeStream } from "../support/make-stream.js";
import { makeUnits } from "./support/make-units.js";
import { LOCAL, SenderStage, until } from "./support/sender-stage.js";
import { unitsOf } from "./support/units-of.js";

const lost = () => new StreamError("process-failed", "the camera's process ended");

describe("Sender, what it adds and counts", () => {
  function stampsOf(sender: Sender) {
    const stamps: ReturnType<typeof parseStamp>[] = [];
    const stampOf = ({ data }: AccessUnit) => splitNalUnits(data).flatMap((nal) => parseStamp("h264", nal) ?? [])[0];
    sender.hub.add({ unit: (unit) => void stamps.push(stampOf(unit)) });
    return stamps;
  }

  it("stamps each picture with a number and the camera's capture time, else with the time now", async () => {
    await using stage = new SenderStage({ stamp: true });
    const stamps = stampsOf(stage.sender);
    await stage.camera.started();
    const [first, second] = makeUnits({ count: 2 }) as [AccessUnit, AccessUnit];
    stage.camera.publish(first, 1_234_567_890n);
    stage.camera.publish(second);
    expect(stamps).toEqual([
      expect.objectContaining({ sequence: 0, capturedAtUs: 1_234_567_890n }),
      expect.objectContaining({ sequence: 1, capturedAtUs: BigInt(stage.clock.wallNow()) * 1_000n }),
    ]);
  });

  it("counts on over a restart of the camera", async () => {
    await using stage = new SenderStage({ stamp: true });
    const stamps = stampsOf(stage.sender);
    await stage.camera.started();
    stage.publish(makeUnits({ count: 2 }));
    stage.camera.crash(lost());
    await stage.camera.started(2);
    stage.publish(makeUnits({ count: 1 }));
    expect(stamps.map((stamp) => stamp?.sequence)).toEqual([0, 1, 2]);
  });

  it("leaves the pictures as they are without stamps, and MJPEG always", async () => {
    const jpegs = makeUnits({ count: 1, codec: "mjpeg" });
    await using stage = new SenderStage({ stamp: true });
    const got: Buffer[] = [];
    stage.sender.hub.add({ unit: ({ data }) => void got.push(data) });
    await stage.camera.started();
    stage.publish(jpegs);
    expect(got).toEqual(jpegs.map(({ data }) => data));
  });

  it("puts pictures in time by their capture, where that is plausible", async () => {
    await using stage = new SenderStage();
    const times: (number | undefined)[] = [];
    stage.sender.hub.add({ unit: ({ mediaTimeMs }) => void times.push(mediaTimeMs) });
    await stage.camera.started();
    const [unit] = makeUnits({ count: 1 }) as [AccessUnit];
    const nowUs = BigInt(stage.clock.wallNow()) * 1_000n;
    stage.camera.publish(unit, nowUs - 25_000n);
    stage.camera.publish(unit, nowUs - 3_600_000_000n);
    stage.camera.publish(unit);
    expect(times).toEqual([stage.clock.now() - 25, unit.receivedAtMs, unit.receivedAtMs]);
  });

  it("tells codec, size, rate and counts", async () => {
    const units = unitsOf(await makeStream({ codec: "h264", width: 320, height: 240, fps: 30, frames: 12, gop: 6 }));
    await using stage = new SenderStage();
    await stage.camera.started();
    expect(stage.sender.stats()).toMatchObject({
      state: { name: "starting" },
      codec: null,
      width: null,
      height: null,
      fps: 0,
    });
    stage.publish(units);
    await stage.sender.ready;
    expect(stage.sender.stats()).toEqual({
      state: { name: "streaming" },
      camera: "stand-in camera",
      codec: "h264",
      width: 320,
      height: 240,
      fps: expect.closeTo(30, 3),
      units: 12,
      keyframes: 2,
      bytes: units.reduce((sum, { data }) => sum + data.length, 0),
      restarts: {},
      outputs: [
        {
          url: LOCAL.replace(/0$/, String(stage.port())),
          clients: 0,
          sentBytes: 0,
          droppedUnits: 0,
          restarts: {},
        },
      ],
    });
  });

  it("measures no rate while the camera is down", async () => {
    await using stage = new SenderStage();
    await stage.camera.started();
    stage.publish(makeUnits({ count: 10 }));
    expect(stage.sender.stats().fps).toBeCloseTo(30, 3);
    stage.camera.crash(lost());
    await until(() => stage.sender.state.name === "restarting");
    expect(stage.sender.stats().fps).toBe(0);
  });
});
