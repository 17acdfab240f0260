import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { StreamError } from "../../lib/errors.js";
import type { Frame } from "../../lib/frame.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Gateway, Sender } from "../../server/index.js";
import { FakeClock } from "../support/fake-clock.js";
import { freePort } from "../support/free-port.js";
import { isRunning } from "../support/is-running.js";
import { makeStream } from "../support/make-stream.js";
import { unitsOf } from "../support/units-of.js";
import { DatagramReader } from "./support/datagram-reader.js";
import { GatewayStage, type StageSession } from "./support/gateway-stage.js";
import { RtspClient } from "./support/rtsp-client.js";
import { TcpReader } from "./support/tcp-reader.js";
import { LiveViewer } from "./web/support/live-viewer.js";
import { webUnits } from "./web/support/web-units.js";

/** On a busy machine, ffmpeg alone may need seconds. */
const PATIENCE = { timeout: 20_000, interval: 5 };

/** The error that ends it. */
function failure(gateway: Gateway): Promise<StreamError> {
  return new Promise((resolve) => gateway.on("error", resolve));
}

describe("Gateway", () => {
  it("serves cameras that push and cameras that it gets side by side, everywhere", async () => {
    await using sender = new Sender({
      camera: { kind: "pattern", width: 320, height: 240 },
      outputs: ["tcp://127.0.0.1:0"],
    });
    await sender.ready;
    const [rtspPort, base] = await Promise.all([freePort(), freePort()]);
    await using datagrams = await DatagramReader.open({ port: base + 1 });
    await using stage = await GatewayStage.set({
      rtspPort,
      outputs: [`udp://127.0.0.1:${base}+n`],
      cameras: [{ id: "gate", url: sender.outputs[0]?.url as string }],
    });
    const session = stage.push("left");
    const units = webUnits({ count: 6, gop: 3, bytes: 300 });
    await vi.waitFor(() => expect(stage.gateway.stats().cameras.left?.outputs[1]?.clients).toBe(1), PATIENCE);
    session.give(units.slice(0, 4));
    await vi.waitFor(
      async () =>
        expect(await stage.json("/cameras")).toMatchObject([
          { id: "gate", description: expect.stringMatching(/^tcp:/), state: "live", width: 320, height: 240 },
          { id: "left", description: "webrtc:left", state: "live", width: 640, height: 480 },
        ]),
      PATIENCE,
    );
    expect(stage.comings).toEqual(["+gate", "+left"]);
    expect([...stage.gateway.cameras.keys()]).toEqual(["gate", "left"]);

    using viewer = await LiveViewer.connect(new WebSocket(`${stage.gateway.url.replace("http", "ws")}live/left`));
    await viewer.arrived(1);
    session.give(units.slice(4));
    await viewer.arrived(3);
    const sent = units.slice(3).map(({ data }) => data.toString("latin1"));
    expect(viewer.pictures.map(({ data }) => data.toString("latin1"))).toEqual(sent);
    const received = Buffer.concat(await datagrams.datagrams(6));
    for (const { data } of units) expect(received.includes(data)).toBe(true);

    for (const id of ["gate", "left"]) {
      using player = await RtspClient.connect(rtspPort, { path: `/${id}` });
      expect(await player.describe()).toContain("H264/90000");
    }
    expect(stage.gateway.stats().cameras.left?.receiver).toMatchObject({
      codec: "h264",
      width: 640,
      units: 6,
      keyframes: 2,
    });
    expect(stage.warnings).toEqual([]);
  });

  it("gives RGB frames of each camera, and goes on through a change of session without a gap", async () => {
    const size = { width: 320, height: 240 };
    const units = unitsOf(await makeStream({ codec: "h264", ...size, fps: 30, frames: 20, gop: 10 }), "h264");
    await using stage = await GatewayStage.set({ receiver: { decode: true } });
    const numbers: (number | undefined)[] = [];
    stage.gateway.on("camera", ({ receiver }) => {
      receiver.on("frame", (frame: Frame) => {
        numbers.push(readFrameCounter(frame.data, frame.width, frame.height));
        frame.release();
      });
    });
    // One after the other: what comes all at once is old when it comes.
    const show = async (session: StageSession, [from, to]: [number, number]): Promise<void> => {
      for (let number = from; number < to; number++) {
        session.give(units.slice(number, number + 1));
        await vi.waitFor(() => expect(numbers.at(-1)).toBe(number), PATIENCE);
      }
    };
    const first = stage.push("left");
    await show(first, [0, 5]);
    const second = stage.push("left");
    second.give(units.slice(3, 5));
    await show(first, [5, 7]);
    expect(first.closed).toBeUndefined();
    await show(second, [10, 20]);
    expect(first.closed).toBe("another took its place");
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const { restarts, decoderPid } = stage.gateway.stats().cameras.left?.receiver ?? {};
    expect(restarts).toEqual({});
    await stage.gateway.close();
    expect(isRunning(decoderPid as number)).toBe(false);
  });

  it("tells that a camera is silent, and goes on with the same session when it gives pictures again", async () => {
    const clock = new FakeClock();
    await using stage = await GatewayStage.set({ clock, receiver: { stallTimeoutMs: 2_000 } });
    const session = stage.push("left");
    const stateIs = (state: string): Promise<void> =>
      vi.waitFor(async () => expect(await stage.json("/cameras")).toMatchObject([{ state }]), PATIENCE);
    const [keyframe] = webUnits({ count: 1 });
    for (let second = 0; second < 2; second++) {
      session.give([keyframe as AccessUnit]);
      await stateIs("live");
      clock.advance(1_500);
    }
    clock.advance(1_000);
    await stateIs("lost");
    expect(session.closed).toBeUndefined();
    session.give([keyframe as AccessUnit]);
    await stateIs("live");
    expect(stage.gateway.stats().cameras.left?.receiver.restarts).toEqual({ "no-bytes": 1 });
  });

  it("forgets a camera that is away for a minute, and knows its number when it comes again", async () => {
    const clock = new FakeClock();
    await using stage = await GatewayStage.set({ clock });
    stage.push("left").leave();
    const right = stage.push("right");
    const receiver = stage.gateway.cameras.get("left");
    clock.advance(59_999);
    expect(stage.comings).toEqual(["+left", "+right"]);
    clock.advance(1);
    expect(stage.comings).toEqual(["+left", "+right", "-left"]);
    expect(await stage.json("/cameras")).toMatchObject([{ id: "right" }]);
    await vi.waitFor(() => expect(receiver?.state).toEqual({ name: "closed" }), PATIENCE);
    stage.push("third");
    stage.push("left");
    const { cameras } = stage.gateway.stats();
    const numbers = Object.entries(cameras).map(([id, { number }]) => [id, number]);
    expect(numbers).toEqual(Object.entries({ right: 1, third: 2, left: 0 }));
    expect(right.closed).toBeUndefined();
  });

  it("gives a camera that comes again its ports, when the one before has left them", async () => {
    const clock = new FakeClock();
    const port = await freePort();
    await using stage = await GatewayStage.set({ clock, outputs: [`tcp://127.0.0.1:${port}+n`] });
    stage.push("left").leave();
    await vi.waitFor(async () => (await TcpReader.connect(port)).socket.destroy(), PATIENCE);
    clock.advance(60_000);
    const session = stage.push("left");
    const unit = webUnits({ count: 1 });
    const reader = await vi.waitFor(async () => {
      const found = await TcpReader.connect(port);
      session.give(unit);
      await found.arrived(100);
      return found;
    }, PATIENCE);
    reader.socket.destroy();
    expect(stage.warnings).toEqual([]);
  });

  it.each([
    { id: "gate", status: 409, says: 'the gateway gets camera "gate" itself' },
    { id: "a/b", status: 400, says: 'camera id "a/b" is not allowed; it must be 1 to 64 letters' },
    { id: "..", status: 400, says: 'camera id ".." is not allowed' },
    { id: "", status: 400, says: 'camera id "" is not allowed' },
    { id: "x".repeat(65), status: 400, says: "is not allowed" },
    { id: "fourth", status: 503, says: "3 cameras are here already" },
  ])("refuses a camera $id with $status", async ({ id, status, says }) => {
    const cameras = [{ id: "gate", url: "tcp://127.0.0.1:1" }];
    await using stage = await GatewayStage.set({ maxCameras: 3, cameras });
    stage.push("left");
    stage.push("right");
    expect(() => stage.gateway.slot(id)).toThrow(expect.objectContaining({ status }));
    expect(() => stage.gateway.slot(id)).toThrow(says);
    expect(stage.comings).toEqual(["+gate", "+left", "+right"]);
    stage.push("left");
  });

  it("takes 64 cameras", async () => {
    await using stage = await GatewayStage.set();
    for (let index = 0; index < 64; index++) stage.push(`camera${index}`);
    expect(() => stage.gateway.slot("camera64")).toThrow("64 cameras are here already");
    expect(await stage.json("/cameras")).toHaveLength(64);
  });

  it("keeps an output's trouble to itself", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const free = await freePort();
    await using stage = await GatewayStage.set({
      outputs: [`tcp://127.0.0.1:${port}+n`, `tcp://127.0.0.1:${free}+n`, "udp://127.0.0.1:65535+n"],
    });
    const [left] = [stage.push("left"), stage.push("right")];
    await vi.waitFor(() => expect(stage.warnings).toHaveLength(2), PATIENCE);
    expect(stage.warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringContaining(`tcp://127.0.0.1:${port}`),
      expect.stringContaining("camera right is number 1: port 65536 is over 65535"),
    ]);
    using reader = await vi.waitFor(() => TcpReader.connect(free), PATIENCE);
    left?.give(webUnits({ count: 1 }));
    await reader.arrived(100);
    taken.close();
  });

  it("keeps a camera that cannot be received, and tells why", async () => {
    const refusing = createServer((socket) => socket.end("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n"));
    refusing.listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const { port } = refusing.address() as { port: number };
    const url = `rtsp://admin:hunter2@127.0.0.1:${port}/stream`;
    await using stage = await GatewayStage.set({ cameras: [{ id: "gate", url }] });
    await vi.waitFor(() => expect(stage.warnings[0]).toMatchObject({ code: "unauthorized" }), PATIENCE);
    expect(await stage.json("/cameras")).toMatchObject([{ id: "gate", state: "lost" }]);
    expect(JSON.stringify([await stage.json("/cameras"), stage.logger.lines])).not.toContain("hunter2");
    refusing.close();
  });

  it("leaves nothing when it is closed", async () => {
    const clock = new FakeClock();
    const [port, rtspPort] = await Promise.all([freePort(), freePort()]);
    const stage = await GatewayStage.set({ clock, port, rtspPort, cameras: [{ id: "a", url: "udp://127.0.0.1:0" }] });
    const session = stage.push("left");
    session.give(webUnits({ count: 1 }));
    using viewer = await LiveViewer.connect(new WebSocket(`${stage.gateway.url.replace("http", "ws")}live/left`));
    const closed = viewer.closed();
    await Promise.all([stage.gateway.close(), stage.gateway.close()]);
    await closed;
    expect(session.closed).toBe("the camera is taken away");
    expect([...stage.gateway.cameras]).toEqual([]);
    expect(() => stage.gateway.slot("left")).toThrow("this is being closed");
    expect(clock.waiting).toBe(0);
    for (const free of [port, rtspPort]) {
      const server = createServer().listen(free, "127.0.0.1");
      await once(server, "listening");
      server.close();
    }
    expect(stage.comings).toEqual(["+a", "+left"]);
  });

  it.each(["port", "rtspPort"] as const)("ends with a clear error where its %s is taken", async (name) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const gateway = new Gateway({ host: "127.0.0.1", port: 0, rtspPort: null, [name]: port });
    const [error] = await Promise.all([failure(gateway), expect(gateway.ready).rejects.toThrow()]);
    expect(error).toMatchObject({ code: "bind-failed", message: expect.stringContaining(`${port}`) });
    await gateway.close();
    taken.close();
  });

  it("can be closed before it is open", async () => {
    const gateway = new Gateway({ host: "127.0.0.1", port: 0, rtspPort: null });
    gateway.on("error", (error) => expect.unreachable(error.message));
    await gateway.close();
    await expect(gateway.ready).rejects.toMatchObject({ code: "closed" });
    expect(gateway.url).toBe("");
  });
});
