import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import type { Frame } from "../../lib/frame.js";
import { Receiver } from "../../lib/receiver.js";
import { TelemetryClient } from "../../lib/telemetry/telemetry-client.js";
import { freePort } from "../support/free-port.js";
import { nextFrame, numbered, open, ScriptedSender, sendEach } from "../support/scripted-sender.js";
import { makeSnapshot } from "./telemetry/make-snapshot.js";
import { SOON, TelemetryStage } from "./telemetry/telemetry-stage.js";

describe("Receiver with telemetry", () => {
  it("gives each frame what was told nearest to its capture, and closes its connection", async () => {
    const [sender, stage, units] = [new ScriptedSender(), await TelemetryStage.open(), await numbered()];
    const { receiver } = open((await sender.listen()).url, { telemetry: stage.url });
    await expect.poll(() => stage.questions, SOON).toBeGreaterThan(7);
    const atMs = Date.now();
    for (const time of [atMs - 60_000, atMs, atMs + 60_000]) stage.say("telemetry", makeSnapshot(time));
    stage.say("telemetry", makeSnapshot(atMs + 1));
    let frame: Frame | undefined;
    for (let i = 0; frame?.telemetry === undefined; i++) {
      const next = nextFrame(receiver);
      await sender.send(units.slice(i, i + 1));
      frame = await next;
    }
    const { telemetry, capturedAt, latencyMs, latencyUncertaintyMs } = frame;
    expect(telemetry).toEqual(makeSnapshot(atMs + 1));
    expect(capturedAt).toBeGreaterThanOrEqual(atMs - 1);
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(latencyUncertaintyMs).toBe(0);
    expect(receiver.senderClock).toEqual({ offsetMs: 0, uncertaintyMs: 0 });
    expect(receiver.stats().latencyUncertaintyMs).toBe(0);
    await receiver.close();
    await expect.poll(() => stage.clients, SOON).toBe(0);
  });

  it("goes on without telemetry, with one warning an outage", async () => {
    const sender = new ScriptedSender();
    const telemetry = `http://127.0.0.1:${await freePort()}`;
    const { receiver, warnings, states } = open((await sender.listen()).url, { telemetry });
    await expect.poll(() => warnings.length, SOON).toBe(1);
    await sendEach(sender, receiver, (await numbered()).slice(0, 10));
    expect(states).toEqual(["streaming"]);
    expect(warnings.map(({ code }) => code)).toEqual(["connect-failed"]);
    expect(warnings[0]?.message).toMatch(/^telemetry of http:\/\/127\.0\.0\.1:\d+: connection refused/);
    expect(receiver.stats().restarts).toEqual({});
    expect(receiver.latest?.telemetry).toBeUndefined();
  });

  it("leaves a client that it was given open", async () => {
    const stage = await TelemetryStage.open();
    await using client = new TelemetryClient(stage.url);
    const sender = new ScriptedSender();
    const { receiver } = open((await sender.listen()).url, { telemetry: client });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    await receiver.close();
    expect(client.state.name).toBe("connected");
    expect(client.listenerCount("telemetry")).toBe(0);
  });

  it.each([
    [{ telemetry: "tcp://pi:8000" }, "invalid-url", /tcp:\/\/ is not allowed/],
    [{ telemetry: 8001 }, "invalid-option", /^telemetry = 8001: must be a URL, such as http:\/\/pi:8001, or a Tele/],
    [{ telemetry: {} }, "invalid-option", /^telemetry = \{\}: must be a URL/],
  ])("refuses %j", (options, code, message) => {
    try {
      new Receiver("tcp://127.0.0.1:1", options as object);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(StreamError);
      expect([(error as StreamError).code, (error as StreamError).message]).toEqual([
        code,
        expect.stringMatching(message),
      ]);
    }
  });
});
