import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { GopCache } from "../../../lib/gop-cache.js";
import { silentLogger } from "../../../lib/logger.js";
import type { RtcpPacket } from "../../../lib/rtp/rtcp.js";
import { openOutput } from "../../../server/outputs/index.js";
import { StreamStatus } from "../../../server/stream-status.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fingerprints } from "../../support/recording-sink.js";
import { writePictureLoss } from "../../support/rtcp-feedback.js";
import type { PushAnswerer } from "../support/push-answerer.js";
import { RunningOutput } from "../support/run-output.js";
import { until } from "../support/sender-stage.js";
import { StreamServer, type StreamServerOptions, takeOffer } from "../support/stream-server.js";
import { vp8Units, webUnits } from "../web/support/web-units.js";

const UNITS = webUnits({ count: 20, gop: 10, bytes: 3_000 });
const BEFORE = UNITS.slice(0, 4);
const AFTER = UNITS.slice(4);
const OVER = { cameraId: "left", code: 410, message: "it ended" };

/** An output that is connected. */
async function pushing(options: StreamServerOptions = {}, clock = systemClock) {
  const server = await StreamServer.listen(options);
  const running = await RunningOutput.start(`${server.url}?camera=left`, clock, BEFORE);
  const answerer = server.answerers[0] as PushAnswerer;
  await answerer.arrived(BEFORE.length);
  return { server, running, answerer };
}

describe("a camera that is pushed to a gateway", () => {
  it("arrives picture by picture, from the keyframe before on", async () => {
    const { server, running, answerer } = await pushing();
    for (const unit of AFTER) running.hub.publish(unit);
    await answerer.arrived(UNITS.length);
    expect(answerer.sink.data).toEqual(fingerprints(UNITS));
    expect(server.offers).toMatchObject([{ cameraId: "left", offer: { type: "offer" } }]);
    expect(running.output.stats()).toMatchObject({ clients: 1, droppedUnits: 0 });
    expect(running.output.stats().sentBytes).toBeGreaterThan(UNITS.length * 3_000);
    expect(running.output.url).toBe(`${server.url}?camera=left`);
    await running[Symbol.asyncDispose]();
    expect(running.output.stats().clients).toBe(0);
    await server[Symbol.asyncDispose]();
  });

  it("tells its addresses when the answer is there, and says goodbye to both", async () => {
    const { server, running, answerer } = await pushing();
    await running[Symbol.asyncDispose]();
    await answerer.until(() => answerer.reports.some(({ kind }) => kind === "bye"));
    await until(() => server.events.some(([name]) => name === "disconnect-camera"));
    expect(server.offers[0]?.offer.sdp).not.toContain("a=candidate");
    const told = { cameraId: "left", candidate: { candidate: expect.stringMatching(/^candidate:/), sdpMid: "0" } };
    expect(server.events[0]).toMatchObject(["ice-candidate", told]);
    expect(server.events.at(-1)).toEqual(["disconnect-camera", { cameraId: "left" }]);
    await until(() => server.sockets[0]?.connected === false);
    await server[Symbol.asyncDispose]();
  });

  it("is sent again from the keyframe on when one is asked for", async () => {
    const clock = new FakeClock();
    const { server, running, answerer } = await pushing({}, clock);
    const { length } = answerer.packets;
    clock.advance(1_000);
    answerer.send(writePictureLoss(answerer.packets[0]?.ssrc ?? 0));
    await answerer.until(() => answerer.packets.length === 2 * length);
    const [first, again] = [answerer.packets.slice(0, length), answerer.packets.slice(length)];
    expect(again.map(({ payload }) => payload)).toEqual(first.map(({ payload }) => payload));
    await running[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("tells each second how its time lies on the wall clock", async () => {
    const clock = new FakeClock();
    const { server, running, answerer } = await pushing({}, clock);
    clock.advance(1_000);
    await answerer.until(() => answerer.reports.length > 0);
    const { ssrc } = answerer.packets[0] ?? {};
    expect(answerer.reports[0]).toMatchObject({ kind: "sender-report", report: { ssrc } });
    await running[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("arrives as VP8 where the camera gives that", async () => {
    const answer: StreamServerOptions["answer"] = (socket, offer, to) => takeOffer(socket, offer, to, "vp8");
    await using server = await StreamServer.listen({ answer });
    const units = vp8Units({ count: 5 });
    await using running = await RunningOutput.start(server.url, systemClock, units);
    await server.answerers[0]?.arrived(units.length);
    expect(server.answerers[0]?.sink.data).toEqual(fingerprints(units));
    expect(running.output.stats().clients).toBe(1);
    expect(server.offers[0]?.cameraId).toBe("camera");
  });

  it("waits for its first picture before it offers anything", async () => {
    await using server = await StreamServer.listen();
    const clock = new FakeClock();
    const gop = new GopCache();
    const stop = new AbortController();
    const output = openOutput(server.url);
    const ready = new Promise<void>((resolve) => {
      const status = new StreamStatus(() => "a camera");
      const context = { clock, logger: silentLogger, gop, status, ready: resolve, warning: () => {} };
      void output.run(context, stop.signal).then(() => server[Symbol.asyncDispose]());
    });
    clock.advance(60_000);
    expect(server.sockets).toEqual([]);
    for (const unit of BEFORE) gop.add(unit);
    clock.advance(20);
    await ready;
    expect(server.offers).toHaveLength(1);
    stop.abort();
  });

  it("may be told addresses before the answer, and after it", async () => {
    const answer: StreamServerOptions["answer"] = async (socket, offer, to) => {
      const answerer = await to.take(offer);
      const sdp = await answerer.answer({ withCandidates: false });
      const { cameraId } = offer;
      const tell = (candidate: unknown): unknown => socket.emit("ice-candidate", { cameraId, candidate });
      for (const nothing of [null, "", 7, { candidate: 7 }, "candidate:1 1 TCP 1 127.0.0.1 9 typ host"]) tell(nothing);
      for (let index = 0; index < 200; index += 1) tell(`candidate:x 1 UDP 1 not-an-address ${index} typ host`);
      tell(`a=${answerer.candidates[0]}`);
      socket.emit("answer", { cameraId, answer: { type: "answer", sdp } });
      for (const candidate of answerer.candidates.slice(1)) tell({ candidate, sdpMid: "0", sdpMLineIndex: 0 });
    };
    const { server, running, answerer } = await pushing({ answer });
    await answerer.arrived(BEFORE.length);
    await running[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
});

describe("a push ends", () => {
  it.each([
    ["the server's end of signalling", (server: StreamServer) => server.sockets[0]?.disconnect(true), "signalling was"],
    ["a goodbye", (server: StreamServer) => server.answerers[0]?.leave(), "said goodbye"],
    [
      "an error that says so",
      (server: StreamServer) => server.sockets[0]?.emit("error", OVER),
      "the server says: it ended",
    ],
  ])("by %s", async (_what, act, message) => {
    const { server, running } = await pushing();
    act(server);
    const lost = { code: "connection-lost", message: expect.stringContaining(message) };
    await expect(running.ended).rejects.toMatchObject(lost);
    expect(running.output.stats().clients).toBe(0);
    await server[Symbol.asyncDispose]();
  });

  it("by silence of 10 s, but not while there is nothing to report", async () => {
    const clock = new FakeClock();
    const { server, running, answerer } = await pushing({}, clock);
    const second = async (index: number, says: boolean): Promise<void> => {
      running.hub.publish(UNITS[index % UNITS.length] as never);
      clock.advance(1_000);
      const isOfNow = (packet: RtcpPacket): boolean =>
        packet.kind === "sender-report" && packet.report.ntpMs >= clock.wallNow() - 1;
      await answerer.until(() => answerer.reports.some(isOfNow));
      if (says) answerer.report();
    };
    clock.advance(60_000);
    for (let index = 4; index < 20; index += 1) await second(index, true);
    for (let index = 0; index < 6; index += 1) await second(index, false);
    expect(running.output.stats().clients).toBe(1);
    for (let index = 6; index < UNITS.length; index += 1) {
      running.hub.publish(UNITS[index] as never);
      clock.advance(1_000);
    }
    const lost = { code: "connection-lost", message: expect.stringContaining("reported nothing for 10 s") };
    await expect(running.ended).rejects.toMatchObject(lost);
    expect(clock.waiting).toBe(0);
    await server[Symbol.asyncDispose]();
  });

  it("when the camera gives another codec", async () => {
    const { server, running } = await pushing();
    running.hub.publish(vp8Units({ count: 1 })[0] as never);
    await expect(running.ended).rejects.toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("vp8"),
    });
    await server[Symbol.asyncDispose]();
  });
});
