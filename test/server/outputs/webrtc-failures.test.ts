import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { FakeClock } from "../../support/fake-clock.js";
import { freePort } from "../../support/free-port.js";
import { RunningOutput } from "../support/run-output.js";
import { until } from "../support/sender-stage.js";
import { StreamServer, type StreamServerOptions } from "../support/stream-server.js";
import { jpegUnit, webUnits } from "../web/support/web-units.js";

const BEFORE = webUnits({ count: 4 });

describe("a push that fails says why", () => {
  it("nobody is there", async () => {
    const refused = {
      code: "connect-failed",
      message: expect.stringContaining("connection refused; is the server running"),
    };
    const url = `webrtc+http://127.0.0.1:${await freePort()}`;
    await expect(RunningOutput.start(url, systemClock, BEFORE)).rejects.toMatchObject(refused);
  });

  it.each([jpegUnit(), { ...BEFORE[0], codec: "h265" }])(
    "a codec that WebRTC does not carry here: $codec",
    async (unit) => {
      const refused = { code: "unsupported", message: expect.stringContaining("h264 and vp8") };
      const started = RunningOutput.start("webrtc+http://127.0.0.1:1", systemClock, [unit as never]);
      await expect(started).rejects.toMatchObject(refused);
    },
  );

  it("a server without TLS", async () => {
    await using server = await StreamServer.listen();
    const refused = { code: "connect-failed", message: expect.stringContaining("speaks no TLS at this port") };
    const url = server.url.replace("webrtc+http:", "webrtc+https:");
    await expect(RunningOutput.start(url, systemClock, BEFORE)).rejects.toMatchObject(refused);
  });

  it("a token that was not given, and how it is", async () => {
    await using server = await StreamServer.listen({ token: "right" });
    const refused = {
      code: "unauthorized",
      message: expect.stringMatching(/: .*; --token or token= in the URL gives it$/),
    };
    await expect(RunningOutput.start(server.url, systemClock, BEFORE)).rejects.toMatchObject(refused);
  });

  it("a wrong token, which it does not tell", async () => {
    await using server = await StreamServer.listen({ token: "right" });
    const started = RunningOutput.start(`${server.url}?token=wrong-one`, systemClock, BEFORE);
    await expect(started).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("the token is"),
    });
    await expect(started).rejects.not.toMatchObject({ message: expect.stringContaining("wrong-one") });
    await using running = await RunningOutput.start(`${server.url}?token=right`, systemClock, BEFORE);
    expect(running.output.url).not.toContain("right");
  });

  it("a namespace that there is not", async () => {
    await using server = await StreamServer.listen();
    const started = RunningOutput.start(server.url.replace("/stream", "/other"), systemClock, BEFORE);
    const refused = { code: "connect-failed", message: expect.stringContaining("/other: Invalid namespace") };
    await expect(started).rejects.toMatchObject(refused);
  });

  it.each([
    ["connected", { greet: () => {} }],
    ["answer", { answer: () => {} }],
  ] as const)('a server that never says "%s"', async (event, options) => {
    await using server = await StreamServer.listen(options);
    const clock = new FakeClock();
    const started = RunningOutput.start(server.url, clock, BEFORE);
    await until(() => (event === "answer" ? server.offers : server.sockets).length > 0);
    clock.advance(5_000);
    const refused = { code: "connect-failed", message: expect.stringContaining(`did not say "${event}" within 5 s`) };
    await expect(started).rejects.toMatchObject(refused);
    expect(clock.waiting).toBe(0);
  });

  it.each([
    [{ cameraId: "camera", code: 503, message: "64 cameras are\nthere" }, "connect-failed", "64 cameras are there"],
    [{ cameraId: "camera", code: 406, message: "no H.264" }, "unsupported", "no H.264"],
    [{ message: "Forbidden" }, "unauthorized", "Forbidden"],
    ["it broke", "connect-failed", "it broke"],
    [null, "connect-failed", "something is wrong"],
  ])("an error event: %j", async (event, code, message) => {
    const answer: StreamServerOptions["answer"] = (socket) => {
      socket.emit("error", { cameraId: "other", message: "of no concern" });
      socket.emit("error", event);
    };
    await using server = await StreamServer.listen({ answer });
    const started = RunningOutput.start(server.url, systemClock, BEFORE);
    await expect(started).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`the server says: ${message}`),
    });
  });

  it("an error that repeats our token, of which nothing is told", async () => {
    const answer: StreamServerOptions["answer"] = (socket) => {
      socket.emit("error", { code: 500, message: `${"x".repeat(293)}${socket.handshake.auth.token} is\u001b[2J` });
    };
    await using server = await StreamServer.listen({ answer });
    const started = RunningOutput.start(`${server.url}?token=open-sesame`, systemClock, BEFORE);
    await expect(started).rejects.toMatchObject({ message: expect.stringMatching(/: x{293}\*\*\* is $/) });
  });

  it.each([
    ["no SDP", () => "hello", "invalid-data"],
    ["a part of one", (sdp: string) => sdp.slice(0, 200), "unsupported"],
    ["no fingerprint", (sdp: string) => sdp.replaceAll("a=fingerprint:", "a=x:"), "invalid-data"],
    [
      "a broken fingerprint",
      (sdp: string) => sdp.replace(/a=fingerprint:\S+ \S\S/, "a=fingerprint:sha-256 XX"),
      "invalid-data",
    ],
    ["a fingerprint of an unknown hash", (sdp: string) => sdp.replace("sha-256", "sha-7"), "invalid-data"],
    ["an undecided role", (sdp: string) => sdp.replace(/a=setup:\w+/, "a=setup:actpass"), "invalid-data"],
    ["another section", (sdp: string) => sdp.replaceAll("a=mid:0", "a=mid:1"), "invalid-data"],
    ["a refusal", (sdp: string) => sdp.replace(/m=video \d+/, "m=video 0"), "unsupported"],
    ["a wish to send", (sdp: string) => sdp.replace("a=recvonly", "a=sendonly"), "unsupported"],
    ["another codec", (sdp: string) => sdp.replaceAll("H264", "VP9"), "unsupported"],
    ["another payload type", (sdp: string) => sdp.replaceAll(/\b96\b/g, "98"), "unsupported"],
  ])("an answer that is %s", async (_what, change, code) => {
    const answer: StreamServerOptions["answer"] = async (socket, offer, to) => {
      const answerer = await to.take(offer);
      const sdp = change(await answerer.answer());
      socket.emit("answer", { cameraId: offer.cameraId, answer: { type: "answer", sdp } });
    };
    await using server = await StreamServer.listen({ answer });
    await expect(RunningOutput.start(server.url, systemClock, BEFORE)).rejects.toMatchObject({ code });
  });

  it("answers that are none, or another camera's, are passed over; one that is too large ends it", async () => {
    const answer: StreamServerOptions["answer"] = (socket) => {
      for (const event of [null, 7, "sdp", {}, { answer: 7 }, { answer: { sdp: 7 } }]) socket.emit("answer", event);
      socket.emit("answer", { cameraId: "other", answer: { sdp: "v=0" } });
      socket.emit("answer", { cameraId: "camera", answer: { sdp: "x".repeat(300_000) } });
    };
    await using server = await StreamServer.listen({ answer });
    await expect(RunningOutput.start(server.url, systemClock, BEFORE)).rejects.toMatchObject({
      code: "connection-lost",
    });
  });

  it("no address that can be reached", async () => {
    const answer: StreamServerOptions["answer"] = async (socket, offer, to) => {
      const sdp = await (await to.take(offer)).answer({ withCandidates: false });
      socket.emit("answer", { cameraId: offer.cameraId, answer: { type: "answer", sdp } });
      await until(() => to.events.length > 0);
      socket.emit("done");
    };
    // It is told our addresses, of which it makes nothing.
    await using server = await StreamServer.listen({ answer });
    const clock = new FakeClock();
    const started = RunningOutput.start(server.url, clock, BEFORE);
    await until(() => server.events.length > 0);
    clock.advance(5_000);
    const refused = { code: "connect-failed", message: expect.stringContaining("could be reached within 5 s") };
    await expect(started).rejects.toMatchObject(refused);
  });
});
