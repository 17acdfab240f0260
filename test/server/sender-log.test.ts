import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { RecordingLogger } from "../support/recording-logger.js";
import { makeUnits } from "./support/make-units.js";
import { SenderStage } from "./support/sender-stage.js";

const gone = () => new StreamError("process-failed", "the camera's process ended");

describe("Sender's log, when the camera fails", () => {
  it("warns that a silent camera is started again, and tells when it is back and how long it was away", async () => {
    const logger = new RecordingLogger();
    await using stage = await SenderStage.streaming({ logger, stallTimeoutMs: 2_000 });
    stage.clock.advance(2_000);
    await stage.camera.started(2);
    expect(logger.lines).toEqual(["warn stand-in camera: no picture for 2000 ms; starting it again"]);
    stage.clock.advance(1_250);
    stage.publish(makeUnits({ count: 2 }));
    expect(logger.lines.slice(1)).toEqual(["info stand-in camera: pictures again, after 3.3 s and 1 restart"]);
    expect(logger.details).toEqual([expect.objectContaining({ code: "stalled" }), { awayMs: 3_250, restarts: 1 }]);
  });

  it("tells a failure that repeats itself once, and at its end how often the camera was started", async () => {
    const logger = new RecordingLogger();
    await using stage = await SenderStage.streaming({ logger });
    for (let run = 1; run <= 3; run++) {
      await stage.camera.started(run);
      stage.camera.crash(gone());
    }
    await stage.camera.started(4);
    stage.clock.advance(9_000);
    stage.publish(makeUnits({ count: 1 }));
    expect(logger.lines).toEqual([
      "warn the camera's process ended; starting it again",
      "info stand-in camera: pictures again, after 9.0 s and 3 restarts",
    ]);
  });

  it("begins to count anew after each return", async () => {
    const logger = new RecordingLogger();
    await using stage = await SenderStage.streaming({ logger });
    for (let outage = 1; outage <= 2; outage++) {
      stage.camera.crash(gone());
      await stage.camera.started(outage + 1);
      stage.clock.advance(1_000);
      stage.publish(makeUnits({ count: 1 }));
    }
    const back = "info stand-in camera: pictures again, after 1.0 s and 1 restart";
    expect(logger.lines.filter((line) => line.startsWith("info"))).toEqual([back, back]);
  });

  it("tells of a camera that gave its first picture only after restarts", async () => {
    const logger = new RecordingLogger();
    await using stage = new SenderStage({ logger });
    await stage.camera.started();
    stage.camera.crash(gone());
    await stage.camera.started(2);
    stage.clock.advance(4_000);
    stage.publish(makeUnits({ count: 1 }));
    expect(logger.lines.at(-1)).toBe("info stand-in camera: first picture, after 4.0 s and 1 restart");
  });

  it("says nothing of a camera that works", async () => {
    const logger = new RecordingLogger();
    await using _stage = await SenderStage.streaming({ logger });
    expect(logger.lines).toEqual([]);
  });
});
