import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { RecordingLogger } from "../../support/recording-logger.js";
import { makeSnapshot } from "./make-snapshot.js";
import { openClient, SOON, TelemetryStage } from "./telemetry-stage.js";

/** A handshake of engine.io. */
const OPEN = '0{"sid":"a","upgrades":[],"pingInterval":9000,"pingTimeout":9000}';

describe("TelemetryClient with a sender that means harm", () => {
  it("leaves out what cannot be read, says so once, and goes on", async () => {
    const logger = new RecordingLogger();
    const stage = await TelemetryStage.open({ answerClock: (answer) => answer({ receivedAtMs: "now" }) });
    const { client, states } = openClient(stage.url, { logger, messages: "all" });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    const seen: unknown[] = [];
    client.on("message", (message) => seen.push(message));
    for (const value of [null, 7, "text", [], {}, { atMs: "soon" }, Buffer.from([1, 2, 3])]) {
      stage.say("telemetry", value);
      stage.say("message", value);
    }
    stage.say("telemetry");
    stage.say("state", { name: "closed" });
    stage.say("error", "nothing");
    stage.say("telemetry", makeSnapshot(9));
    await expect.poll(() => client.latest, SOON).toEqual(makeSnapshot(9));
    expect(seen).toEqual([]);
    expect(states).toEqual(["connected"]);
    expect(client.clockOffset).toBeUndefined();
    await expect.poll(() => logger.lines, SOON).toEqual(Array(3).fill("warn telemetry that cannot be read"));
    expect(logger.details.map((details) => (details as { event: string }).event).sort()).toEqual([
      "clock",
      "message",
      "telemetry",
    ]);
  });

  it("takes no message over 256 kB", async () => {
    const stage = await TelemetryStage.open();
    const { client, states } = openClient(stage.url);
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    stage.say("telemetry", { ...makeSnapshot(1), more: "x".repeat(300_000) });
    await expect.poll(() => states, SOON).toEqual(["connected", "connection-lost", "connected"]);
    expect(client.latest).toBeUndefined();
  });

  it.each([
    ["no JSON", "0{"],
    ["a handshake of another kind", "0[]"],
    ["a packet of no kind", "9"],
    ["an event before the connection", '42["telemetry",{}]'],
    ["bytes", Buffer.from([0xff, 0, 0xff])],
    ["an answer to a ping before the handshake", "3"],
    ["a handshake without times", '0{"sid":"a","upgrades":[]}'],
    ["a connection that is refused", `${OPEN}|44{"message":"no"}`],
    ["a connection without a name", `${OPEN}|40|40{}|40{"sid":{}}`],
    ["events without names", `${OPEN}|40{"sid":"b"}|42[]|42[null]|42{}|42["disconnect","for fun"]`],
    ["events that want answers", `${OPEN}|40{"sid":"b"}|421["hello",1]|422["other"]`],
    ["answers that nobody asked for", `${OPEN}|40{"sid":"b"}|430[1]|43999[]|43`],
    ["a malformed packet", `${OPEN}|4x`],
    ["bytes that never come", `${OPEN}|451000000-["a"]`],
  ])("survives %s", async (_what, frames) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    onTestFinished(async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    server.on("connection", (socket: WebSocket) => {
      for (const frame of typeof frames === "string" ? frames.split("|") : [frames]) socket.send(frame);
    });
    const { port } = server.address() as { port: number };
    const { client, states } = openClient(`127.0.0.1:${port}`, { connectTimeoutMs: 100 });
    await expect.poll(() => states.length, SOON).toBeGreaterThan(0);
    expect(states[0]).toMatch(/^conne/);
    await client.close();
    expect(states.at(-1)).toBe("closed");
  });
});
