import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { WebCamera } from "../../../server/web/web-camera.js";
import { FakeClock } from "../../support/fake-clock.js";
import { askRaw } from "./support/ask-raw.js";
import { LiveViewer } from "./support/live-viewer.js";
import { WebStage } from "./support/web-stage.js";
import { jpegUnit, vp8Units, webUnits } from "./support/web-units.js";

function publish(camera: WebCamera, units: readonly AccessUnit[]): void {
  for (const unit of units) camera.unit(unit);
}

/** How an upgrade was refused. */
async function refusal(stage: WebStage, path: string, headers: Record<string, string> = {}): Promise<string> {
  const [, response] = await once(
    stage.webSocket(path, headers).on("error", () => {}),
    "unexpected-response",
  );
  response.setEncoding("utf8");
  const [body] = await once(response, "data");
  return `${response.statusCode} ${body.trim()}`;
}

describe("H.264 over WebSocket", () => {
  it("begins with what a decoder must know, then the current group of pictures at once, then what comes", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    const units = webUnits({ count: 8, gop: 5, bytes: 300 });
    publish(camera, units);
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    await viewer.arrived(3);
    const next = webUnits({ count: 5, gop: 3, from: 8, bytes: 70_000 }).slice(1);
    publish(camera, next);
    await viewer.arrived(7);
    expect(viewer.messages[0]).toEqual({ type: "config", codec: "avc1.42c01e", width: 640, height: 480 });
    const expected = [...units.slice(5), ...next].map((unit, index) => ({
      ...{ keyframe: unit.keyframe, sequence: 6 + index, data: unit.data.toString("latin1") },
      ...{ capturedAtMs: unit.capturedAtMs, mediaTimeMs: unit.mediaTimeMs },
    }));
    const pictures = viewer.pictures.map((picture) => ({ ...picture, data: picture.data.toString("latin1") }));
    expect(pictures).toEqual(expected);
    expect(camera.viewers).toBe(1);
    expect(camera.sentBytes).toBeGreaterThan(expected.reduce((sum, { data }) => sum + data.length, 0));
  });

  it("waits for the first keyframe where there was none yet", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    using viewer = await LiveViewer.connect(stage.webSocket("/live"));
    const units = webUnits({ count: 6, gop: 3 });
    publish(camera, units.slice(1));
    await viewer.arrived(3);
    expect(viewer.messages.map((message) => ("type" in message ? "config" : message.sequence))).toEqual([
      "config",
      3,
      4,
      5,
    ]);
  });

  it("tells what changes before the keyframe that changes it, and nothing twice", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    publish(camera, webUnits({ count: 4, gop: 2 }));
    publish(camera, webUnits({ count: 2, size: "320x240" }));
    await viewer.arrived(6);
    const widths = viewer.messages.map((message) => ("type" in message ? message.width : "picture"));
    expect(widths).toEqual([640, ...Array(4).fill("picture"), 320, "picture", "picture"]);
  });

  it("goes on with VP8 when the camera does", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    publish(camera, webUnits({ count: 1 }));
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    const units = vp8Units({ count: 2, from: 1 });
    publish(camera, units);
    await viewer.arrived(3);
    expect(viewer.messages[2]).toEqual({ type: "config", codec: "vp8", width: 640, height: 480 });
    expect(viewer.pictures.slice(1).map(({ data }) => data)).toEqual(units.map(({ data }) => data));
    expect(viewer.pictures.map(({ keyframe }) => keyframe)).toEqual([true, true, false]);
  });

  it("says that a picture's time is not known where the sender's clock is not", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera("left", () => undefined);
    publish(camera, webUnits({ count: 1 }));
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    await viewer.arrived(1);
    expect(viewer.pictures[0]?.capturedAtMs).toBeNull();
  });

  it.each([
    ["/live/up", {}, '404 no camera "up"; there is: left'],
    ["/live/left/more", {}, "404 no WebSocket at /live/left/more"],
    ["/cameras", {}, "404 no WebSocket at /cameras"],
    ["/live/%zz", {}, "400 the address has a % without two hexadecimal digits of UTF-8 behind it"],
    ["/live/left", { Origin: "http://evil.example" }, '403 pages of "http://evil.example" are not allowed to do this'],
    [
      "/live/left",
      { Host: "evil.example" },
      "403 this server is only for its own machine: use localhost, 127.0.0.1 or [::1]",
    ],
  ])("refuses %s with %o", async (path, headers, problem) => {
    await using stage = await WebStage.set();
    stage.camera();
    expect(await refusal(stage, path, headers)).toBe(problem);
  });

  it("refuses a camera whose pictures need no decoder, and sends its viewers off", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    publish(camera, [jpegUnit()]);
    const reason = "mjpeg is not sent over a WebSocket; /stream.mjpg shows it";
    expect(await viewer.closed()).toEqual({ code: 1003, reason });
    expect(await refusal(stage, "/live/left")).toBe(`415 ${reason}`);
  });

  it("is asked for as a WebSocket only", async () => {
    await using stage = await WebStage.set();
    stage.camera();
    const response = await stage.fetch("/live/left");
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });

  it("sends a viewer off that talks", async () => {
    await using stage = await WebStage.set();
    stage.camera();
    using viewer = await LiveViewer.connect(stage.webSocket("/live/left"));
    viewer.webSocket.send("hello");
    expect(await viewer.closed()).toEqual({ code: 1008, reason: "a viewer has nothing to say here" });
    using loud = await LiveViewer.connect(stage.webSocket("/live/left"));
    loud.webSocket.send(Buffer.alloc(2_000));
    expect((await loud.closed()).code).toBe(1009);
  });

  it.each([
    ["a message that is not masked", "810161", 1002],
    ["an unknown kind of message", "8f8000000000", 1002],
    ["a message of 8 EiB", "82ff7fffffffffffffff00000000", 1009],
  ])("ends a viewer that sends %s, which the others do not notice", async (_what, bytes, code) => {
    await using stage = await WebStage.set();
    const camera = stage.camera();
    using other = await LiveViewer.connect(stage.webSocket("/live/left"));
    const key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    const head = `GET /live/left HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}`;
    const answer = await askRaw(stage.server.port, head + Buffer.from(bytes, "hex").toString("latin1"));
    expect(answer).toMatch(/^HTTP\/1.1 101 /);
    const farewell = Buffer.from(answer.slice(-4), "latin1");
    expect([farewell.readUInt16BE(0), farewell.readUInt16BE(2)]).toEqual([0x8802, code]);
    publish(camera, webUnits({ count: 3 }));
    await other.arrived(3);
    while (camera.viewers > 1) await new Promise((resolve) => setImmediate(resolve));
  });

  it("sends viewers off when the camera is taken away, and when the server closes", async () => {
    await using stage = await WebStage.set();
    const [left, right] = [stage.camera("left"), stage.camera("right")];
    using ofLeft = await LiveViewer.connect(stage.webSocket("/live/left"));
    using ofRight = await LiveViewer.connect(stage.webSocket("/live/right"));
    stage.server.remove(left);
    left.remove();
    expect(await ofLeft.closed()).toEqual({ code: 1001, reason: "the camera was taken away" });
    const closed = ofRight.closed();
    await stage.server.close();
    expect(await closed).toEqual({ code: 1001, reason: "the server is closed" });
    expect([left.viewers, right.viewers]).toEqual([0, 0]);
    await expect(once(connect(stage.server.port, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
  });

  it("ends a viewer that gives no sign of life, and keeps one that does", async () => {
    const clock = new FakeClock();
    await using stage = await WebStage.set({}, clock);
    const camera = stage.camera();
    using dead = await LiveViewer.connect(stage.webSocket("/live/left", {}, { autoPong: false }));
    using alive = await LiveViewer.connect(stage.webSocket("/live/left"));
    for (let asked = 0; asked < 2; asked++) {
      const pinged = once(alive.webSocket, "ping");
      const gone = asked === 1 ? dead.closed() : undefined;
      clock.advance(10_000);
      await pinged;
      expect((await gone)?.code).toBe(asked === 1 ? 1006 : undefined);
      // Its answer has come when that of a later request has.
      await stage.fetch("/cameras");
    }
    expect(camera.viewers).toBe(1);
  });
});
