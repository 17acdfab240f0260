import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import { StreamError } from "../../lib/errors.js";
import { Sender } from "../../server/sender.js";
import { makeUnits, wireOf } from "./support/make-units.js";
import { LOCAL, portOf, SenderStage, until } from "./support/sender-stage.js";
import { StandInCamera } from "./support/stand-in-camera.js";
import { TcpReader } from "./support/tcp-reader.js";

describe("Sender, from start to end", () => {
  it("is ready once its outputs are open and the first picture is sent", async () => {
    await using stage = new SenderStage();
    let ready = false;
    void stage.sender.ready.then(() => {
      ready = true;
    });
    await stage.camera.started();
    await until(() => stage.port() > 0);
    expect([ready, stage.sender.state]).toEqual([false, { name: "starting" }]);
    stage.publish(makeUnits({ count: 1 }));
    await stage.sender.ready;
    expect(stage.sender.state).toEqual({ name: "streaming" });
  });

  it("sends the camera's pictures to every output", async () => {
    await using stage = new SenderStage({ outputs: [LOCAL, LOCAL] });
    await stage.camera.started();
    const units = makeUnits({ count: 4 });
    stage.publish(units.slice(0, 1));
    await stage.sender.ready;
    using one = await TcpReader.connect(stage.port(0));
    using other = await TcpReader.connect(stage.port(1));
    await until(() => stage.sender.stats().outputs.every(({ clients }) => clients === 1));
    stage.publish(units.slice(1));
    expect(await one.bytes(wireOf(units).length)).toEqual(wireOf(units));
    expect(await other.bytes(wireOf(units).length)).toEqual(wireOf(units));
  });

  it("is closed by await using", async () => {
    const camera = new StandInCamera();
    {
      await using sender = new Sender({ camera, outputs: [LOCAL] });
      await camera.started();
      expect(sender.state).toEqual({ name: "starting" });
    }
    expect(camera.running).toBe(false);
  });

  it("rejects ready when it is closed before", async () => {
    await using stage = new SenderStage();
    await stage.sender.close();
    await expect(stage.sender.ready).rejects.toMatchObject({ code: "closed" });
    expect(stage.camera.runs).toBe(0);
  });

  it("ends with the error that no further try can mend", async () => {
    await using stage = new SenderStage();
    const told = stage.next("error");
    await stage.camera.started();
    stage.camera.crash(new StreamError("camera-missing", "no camera 3"));
    await expect(stage.sender.ready).rejects.toMatchObject({ code: "camera-missing" });
    expect(await told).toMatchObject({ code: "camera-missing" });
    expect(stage.sender.state).toEqual({ name: "closed", error: expect.objectContaining({ code: "camera-missing" }) });
    await stage.sender.close();
    expect(stage.sender.stats().restarts).toEqual({});
  });

  it("ends when an output's port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    await using stage = new SenderStage({ outputs: [`tcp://127.0.0.1:${port}`] });
    await expect(stage.sender.ready).rejects.toMatchObject({ code: "bind-failed" });
    await stage.sender.close();
    expect(stage.camera.running).toBe(false);
    taken.close();
  });

  it("sends what a real camera sees", async () => {
    const pattern = { kind: "pattern", width: 320, height: 240 } as const;
    await using sender = new Sender({ camera: pattern, outputs: [LOCAL] });
    await sender.ready;
    using reader = await TcpReader.connect(portOf(sender.outputs[0]?.url));
    const bytes = await reader.bytes(1_000);
    const types = splitNalUnits(bytes).map((nal) => (nal[0] as number) & 0x1f);
    expect(types[0]).toBe(9);
    expect(types).toEqual(expect.arrayContaining([7, 8, 5]));
    expect(sender.stats()).toMatchObject({ codec: "h264", width: 320, height: 240 });
  });
});
