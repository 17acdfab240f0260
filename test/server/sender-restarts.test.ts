import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import type { Camera } from "../../server/cameras/camera.js";
import type { Output } from "../../server/outputs/output.js";
import { makeUnits, wireOf } from "./support/make-units.js";
import { LOCAL, SenderStage, until } from "./support/sender-stage.js";
import { TcpReader } from "./support/tcp-reader.js";

const lost = () => new StreamError("process-failed", "the camera's process ended");

describe("Sender, when the camera fails", () => {
  it("starts it again at once, with its clients connected", async () => {
    await using stage = await SenderStage.streaming();
    using reader = await TcpReader.connect(stage.port());
    await until(() => stage.sender.stats().outputs[0]?.clients === 1);
    await reader.arrived(1);
    const before = reader.length;
    const warned = stage.next("warning");
    stage.camera.crash(lost());
    expect(await warned).toMatchObject({ code: "process-failed" });
    expect(stage.sender.state).toMatchObject({ name: "restarting", error: { code: "process-failed" } });
    await stage.camera.started(2);
    const units = makeUnits({ count: 3 });
    stage.publish(units);
    const wire = wireOf(units).subarray(6);
    const total = stage.sender.stats().outputs[0]?.sentBytes ?? 0;
    expect((await reader.bytes(total)).subarray(-wire.length)).toEqual(wire);
    expect(reader.length).toBeGreaterThan(before);
    expect(stage.sender.state).toEqual({ name: "streaming" });
    expect(stage.sender.stats()).toMatchObject({
      restarts: { "process-failed": 1 },
      outputs: [{ clients: 1, restarts: {} }],
    });
  });

  it("starts it again when it goes silent, and says so", async () => {
    await using stage = await SenderStage.streaming({ stallTimeoutMs: 400 });
    const warned = stage.next("warning");
    stage.clock.advance(350);
    expect(stage.camera.running).toBe(true);
    stage.clock.advance(100);
    expect(await warned).toMatchObject({ code: "stalled", message: "stand-in camera: no picture for 400 ms" });
    await stage.camera.started(2);
    expect(stage.sender.stats().restarts).toEqual({ stalled: 1 });
  });

  it("gives it startTimeoutMs to its first keyframe, then starts it again", async () => {
    await using stage = new SenderStage({ startTimeoutMs: 3_000, stallTimeoutMs: 400 });
    await stage.camera.started();
    stage.clock.advance(2_500);
    stage.publish(makeUnits({ count: 2 }).slice(1));
    const warned = stage.next("warning");
    stage.clock.advance(500);
    expect(await warned).toMatchObject({
      code: "stalled",
      message: "stand-in camera: started, but gave no keyframe for 3000 ms",
    });
    await stage.camera.started(2);
  });

  it("counts that time from when the camera has found out what it needs", async () => {
    let starts = (): void => {};
    const camera: Camera = {
      description: "slow camera",
      fps: 30,
      run: async (sink, signal) => {
        starts = () => sink.starts?.();
        await once(signal, "abort");
      },
    };
    await using stage = new SenderStage({ camera, startTimeoutMs: 3_000 });
    await Promise.resolve();
    stage.clock.advance(2_500);
    starts();
    stage.clock.advance(2_500);
    expect(stage.warnings).toEqual([]);
    const warned = stage.next("warning");
    stage.clock.advance(500);
    expect(await warned).toMatchObject({ code: "stalled" });
  });

  it("starts one again that is away after it was there, with its clients connected", async () => {
    await using stage = await SenderStage.streaming();
    using reader = await TcpReader.connect(stage.port());
    await until(() => stage.sender.stats().outputs[0]?.clients === 1);
    const missing = new StreamError("camera-missing", "no camera is found", { details: { code: 255 } });
    stage.camera.crash(lost());
    for (let run = 2; run <= 3; run++) {
      await stage.camera.started(run);
      const warned = run === 2 ? stage.next("warning") : undefined;
      stage.camera.crash(missing);
      if (warned) {
        const expected = {
          code: "process-failed",
          message: "no camera is found",
          details: { code: 255 },
          cause: missing,
        };
        expect(await warned).toMatchObject(expected);
      }
    }
    await stage.camera.started(4);
    const before = reader.length;
    stage.publish(makeUnits({ count: 1 }));
    await reader.arrived(before + 1);
    expect(stage.sender.stats()).toMatchObject({
      state: { name: "streaming" },
      restarts: { "process-failed": 3 },
      outputs: [{ clients: 1 }],
    });
  });

  it("ends for good when the camera was never there", async () => {
    await using stage = new SenderStage();
    await stage.camera.started();
    const ended = stage.next("error");
    stage.camera.crash(new StreamError("camera-missing", "no camera is found"));
    expect(await ended).toMatchObject({ code: "camera-missing" });
  });

  it("starts one again that ended by itself", async () => {
    await using stage = await SenderStage.streaming();
    stage.camera.finish();
    await stage.camera.started(2);
    expect(stage.sender.stats().restarts).toEqual({ "stream-ended": 1 });
  });

  it("tells a failure that repeats itself only once, and counts each", async () => {
    await using stage = new SenderStage();
    for (let run = 1; run <= 3; run++) {
      await stage.camera.started(run);
      stage.camera.crash(lost());
    }
    await stage.camera.started(4);
    expect(stage.warnings).toHaveLength(1);
    expect(stage.sender.stats().restarts).toEqual({ "process-failed": 3 });
  });

  it("publishes nothing of a run before its first keyframe, and shows no old picture meanwhile", async () => {
    await using stage = await SenderStage.streaming();
    stage.camera.crash(lost());
    await stage.camera.started(2);
    expect(stage.sender.hub.gop.units()).toEqual([]);
    const units = makeUnits({ count: 5, gop: 3 });
    stage.publish(units.slice(1));
    expect(stage.sender.hub.gop.units().map(({ data }) => data)).toEqual(units.slice(3).map(({ data }) => data));
  });

  it("takes nothing from a run that has ended", async () => {
    await using stage = await SenderStage.streaming();
    const { units } = stage.sender.stats();
    await stage.sender.close();
    stage.publish(makeUnits({ count: 1 }));
    expect(stage.sender.stats().units).toBe(units);
  });
});

describe("Sender, when an output fails", () => {
  it("is ready without a receiver that is out of reach, and connects once it is there", async () => {
    const receiver = createServer().listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as { port: number };
    await new Promise((resolve) => receiver.close(resolve));
    await using stage = new SenderStage({ outputs: [`tcp://127.0.0.1:${port}?connect=1`] });
    const warned = stage.next("warning");
    await stage.camera.started();
    stage.publish(makeUnits({ count: 1 }));
    await stage.sender.ready;
    expect(await warned).toMatchObject({ code: "connect-failed" });
    receiver.listen(port, "127.0.0.1");
    const [socket] = (await once(receiver, "connection")) as [Socket];
    using reader = TcpReader.of(socket);
    expect(await reader.bytes(112)).toEqual(wireOf(makeUnits({ count: 1 })));
    expect(stage.sender.stats().outputs[0]?.restarts["connect-failed"]).toBeGreaterThanOrEqual(1);
    receiver.close();
  });

  it("connects again when a receiver that it pushes to comes back", async () => {
    const receiver = createServer().listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as { port: number };
    await using stage = new SenderStage({ outputs: [`tcp://127.0.0.1:${port}?connect=1`] });
    const [first] = (await once(receiver, "connection")) as [Socket];
    stage.publish(makeUnits({ count: 1 }));
    first.destroy();
    const [second] = (await once(receiver, "connection")) as [Socket];
    using reader = TcpReader.of(second);
    expect(await reader.bytes(112)).toEqual(wireOf(makeUnits({ count: 1 })));
    expect(stage.sender.stats().outputs[0]?.restarts).toEqual({ "connection-lost": 1 });
    expect(stage.camera.runs).toBe(1);
    receiver.close();
  });

  it("starts one again that threw, while the others miss nothing", async () => {
    let runs = 0;
    const faulty: Output = {
      url: "faulty://",
      retryCeilingMs: 10,
      run: async ({ ready }, signal) => {
        runs += 1;
        ready();
        if (!signal.aborted) await once(signal, "abort");
      },
      unit: () => {
        throw new Error("out of order");
      },
      stats: () => ({ url: "faulty://", clients: 0, sentBytes: 0, droppedUnits: 0 }),
    };
    await using stage = new SenderStage({ outputs: [faulty, LOCAL] });
    const warned = stage.next("warning");
    await stage.camera.started();
    const units = makeUnits({ count: 3 });
    stage.publish(units.slice(0, 1));
    await stage.sender.ready;
    using reader = await TcpReader.connect(stage.port(1));
    await reader.arrived(112);
    expect(await warned).toMatchObject({ code: "connection-lost", message: "faulty://: out of order" });
    await until(() => runs === 2);
    stage.publish(units.slice(1));
    expect(await reader.bytes(wireOf(units).length)).toEqual(wireOf(units));
    expect(stage.sender.stats().outputs[0]?.restarts["connection-lost"]).toBeGreaterThanOrEqual(1);
  });

  it("reports a client of the hub that threw", async () => {
    await using stage = await SenderStage.streaming();
    stage.sender.hub.add({
      unit: () => {
        throw new Error("no room");
      },
    });
    const warned = stage.next("warning");
    stage.publish(makeUnits({ count: 2 }));
    expect(await warned).toMatchObject({ message: "a client of the hub: no room" });
    expect(stage.sender.state).toEqual({ name: "streaming" });
  });
});
