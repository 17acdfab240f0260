import { EventEmitter } from "eventemitter3";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import type { ClockEstimate } from "../../../lib/telemetry/clock-offset.js";
import { FrameTelemetry } from "../../../lib/telemetry/frame-telemetry.js";
import type { TelemetryClient } from "../../../lib/telemetry/telemetry-client.js";
import type { TelemetryClientEvents } from "../../../lib/telemetry/telemetry-client-events.js";
import type { TelemetrySnapshot } from "../../../lib/telemetry/telemetry-snapshot.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeSnapshot } from "./make-snapshot.js";

class FakeClient extends EventEmitter<TelemetryClientEvents> {
  latest: TelemetrySnapshot | undefined;
  clockOffset: ClockEstimate | undefined;
  closed = 0;

  async close(): Promise<void> {
    this.closed++;
  }
}

function stage(client = new FakeClient()) {
  const warnings: string[] = [];
  const telemetry = new FrameTelemetry(client as unknown as TelemetryClient, new FakeClock(), (error) =>
    warnings.push(error.message),
  );
  return { client, telemetry, warnings };
}

const outage = (message: string) =>
  ({ name: "reconnecting", attempt: 2, reason: new StreamError("connect-failed", message) }) as const;

describe("FrameTelemetry", () => {
  it("finds what held when a picture was taken", () => {
    const { client, telemetry } = stage();
    for (const atMs of [1_000, 1_100, 1_200]) client.emit("telemetry", makeSnapshot(atMs));
    expect(telemetry.at(1_120)).toEqual(makeSnapshot(1_100));
    expect(telemetry.at(3_000)).toBeUndefined();
  });

  it("knows what a client that was given knew before", () => {
    const client = new FakeClient();
    client.latest = makeSnapshot(500);
    expect(stage(client).telemetry.at(600)).toEqual(makeSnapshot(500));
  });

  it("passes the clock on", () => {
    const { client, telemetry } = stage();
    expect(telemetry.clockOffset).toBeUndefined();
    client.clockOffset = { offsetMs: 3, uncertaintyMs: 1 };
    expect(telemetry.clockOffset).toEqual({ offsetMs: 3, uncertaintyMs: 1 });
  });

  it("warns once an outage, whatever the reasons", () => {
    const { client, warnings } = stage();
    client.emit("state", outage("refused"));
    client.emit("state", outage("no such host"));
    expect(warnings).toEqual(["refused"]);
    client.emit("state", { name: "connected" });
    client.emit("state", outage("lost"));
    client.emit("state", outage("refused"));
    expect(warnings).toEqual(["refused", "lost"]);
  });

  it("leaves a client that was given as it was", async () => {
    const { client, telemetry } = stage();
    await telemetry.close();
    expect([client.closed, client.listenerCount("telemetry"), client.listenerCount("state")]).toEqual([0, 0, 0]);
  });
});
