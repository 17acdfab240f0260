import { createServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { TelemetryClient } from "../../../lib/telemetry/telemetry-client.js";
import { FakeClock } from "../../support/fake-clock.js";
import { freePort } from "../../support/free-port.js";
import { RecordingLogger } from "../../support/recording-logger.js";
import { makeSnapshot } from "./make-snapshot.js";
import { openClient, SOON, TelemetryStage } from "./telemetry-stage.js";

const ATTITUDE = {
  ...{ id: 30, name: "ATTITUDE", systemId: 1, componentId: 1, sequence: 7, version: 2, signed: false },
  ...{ fields: { roll: 0.25, time_boot_ms: 1_000, list: [1, null, "9007199254740993"] }, atMs: 5 },
};

describe("TelemetryClient", () => {
  it("gives what the sender tells", async () => {
    const stage = await TelemetryStage.open();
    const { client, states } = openClient(stage.url, { messages: ["ATTITUDE", 33] });
    expect(client.state).toEqual({ name: "connecting", attempt: 1 });
    const [hellos, snapshots, messages]: unknown[][] = [[], [], []];
    client.on("hello", (hello) => hellos?.push(hello));
    client.on("telemetry", (snapshot) => snapshots?.push(snapshot));
    client.on("message", (message) => messages?.push(message));
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    stage.say("telemetry", makeSnapshot(100));
    stage.say("telemetry", makeSnapshot(200));
    stage.say("message", ATTITUDE);
    await expect.poll(() => messages, SOON).toEqual([ATTITUDE]);
    expect(hellos).toEqual([{ version: 1, rateHz: 10, link: null }]);
    expect(snapshots).toEqual([makeSnapshot(100), makeSnapshot(200)]);
    expect(client.latest).toEqual(makeSnapshot(200));
    expect(stage.subscriptions).toEqual([["ATTITUDE", 33]]);
    await client.close();
    await client.close();
    expect(states).toEqual(["connected", "closed"]);
    await expect.poll(() => stage.clients, SOON).toBe(0);
  });

  it("subscribes to nothing unless told to, and to all", async () => {
    const stage = await TelemetryStage.open();
    const { client } = openClient(stage.url);
    await expect.poll(() => client.clockOffset, SOON).toBeDefined();
    expect(stage.subscriptions).toEqual([]);
    openClient(stage.url, { messages: "all" });
    await expect.poll(() => stage.subscriptions, SOON).toEqual(["all"]);
  });

  it.each([-86_400_000, 0, 3_600_000])("knows a clock that is %i ms ahead, and how well", async (aheadMs) => {
    const stage = await TelemetryStage.open({ aheadMs });
    const { client } = openClient(stage.url);
    let exchanges = 0;
    client.on("clock", () => exchanges++);
    await expect.poll(() => exchanges, SOON).toBeGreaterThanOrEqual(8);
    const { offsetMs, uncertaintyMs } = client.clockOffset ?? { offsetMs: Number.NaN, uncertaintyMs: 0 };
    // The two programs' clocks are one, read in two ways that differ by less than a millisecond.
    expect(Math.abs(offsetMs - aheadMs)).toBeLessThan(uncertaintyMs + 1);
    expect(uncertaintyMs).toBeLessThan(50);
  });

  it("asks for the time eight times at once, then once a second", async () => {
    const stage = await TelemetryStage.open();
    const clock = new FakeClock();
    const { client } = openClient(stage.url, { clock });
    let exchanges = 0;
    client.on("clock", () => exchanges++);
    await expect.poll(() => exchanges, SOON).toBe(8);
    for (const expected of [9, 10]) {
      clock.advance(1_000);
      await expect.poll(() => exchanges, SOON).toBe(expected);
    }
    expect(stage.questions).toBe(10);
    await client.close();
    expect(clock.waiting).toBe(0);
  });

  it("connects again to a sender that restarts, and subscribes again", async () => {
    const stage = await TelemetryStage.open();
    const { client, states } = openClient(stage.url, { messages: "all" });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    const { port } = stage;
    await stage.close();
    await expect.poll(() => client.state.name, SOON).toBe("reconnecting");
    const second = await TelemetryStage.open({ port, aheadMs: 60_000 });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    expect(states[1]).toBe("connection-lost");
    await expect.poll(() => second.subscriptions, SOON).toEqual(["all"]);
    await expect.poll(() => Math.round((client.clockOffset?.offsetMs ?? 0) / 1_000), SOON).toBe(60);
  });

  it("connects again when the sender says goodbye", async () => {
    const stage = await TelemetryStage.open();
    const { client, states } = openClient(stage.url);
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    stage.dismiss();
    await expect.poll(() => states, SOON).toEqual(["connected", "stream-ended", "connected"]);
  });

  it("connects again when the sender falls silent, but not because our program was busy", async () => {
    const stage = await TelemetryStage.open({ answerClock: () => {} });
    const clock = new FakeClock();
    const { client, states } = openClient(stage.url, { clock });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    clock.block(10_000);
    clock.advance(2_000);
    expect(client.state.name).toBe("connected");
    clock.advance(1_000);
    await expect.poll(() => states, SOON).toEqual(["connected", "stalled", "connected"]);
    expect(client.state).toEqual({ name: "connected" });
  });

  it("takes snapshots alone as signs of life", async () => {
    const stage = await TelemetryStage.open({ answerClock: () => {} });
    const clock = new FakeClock();
    const { client, states } = openClient(stage.url, { clock });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
    for (let i = 1; i < 8; i++) {
      stage.say("telemetry", makeSnapshot(i));
      await expect.poll(() => client.latest?.atMs, SOON).toBe(i);
      clock.advance(1_000);
    }
    expect(states).toEqual(["connected"]);
    expect(client.clockOffset).toBeUndefined();
  });
});

describe("TelemetryClient without a sender", () => {
  it("tries for ever, and logs the reason once", async () => {
    const port = await freePort();
    const logger = new RecordingLogger();
    const { client, states } = openClient(`127.0.0.1:${port}`, { logger });
    await expect.poll(() => states.length, SOON).toBeGreaterThan(2);
    expect(new Set(states)).toEqual(new Set(["connect-failed"]));
    expect(client.state).toMatchObject({ name: "reconnecting", attempt: states.length + 1 });
    expect(logger.lines).toEqual([
      `warn telemetry of http://127.0.0.1:${port}: connection refused; is the sender running, and is this its port?`,
    ]);
    await TelemetryStage.open({ port });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
  });

  it("says that what answers is no telemetry", async () => {
    const { port } = await listen(createServer((_request, response) => void response.writeHead(404).end()));
    const { client } = openClient(`127.0.0.1:${port}`);
    await expect.poll(() => reasonOf(client), SOON).toMatch(/Unexpected server response: 404$/);
  });

  it.each([
    { what: "accepts and says nothing", hello: undefined },
    { what: "speaks another version", hello: { version: 2, rateHz: 10, link: null } },
  ])("gives up on a server that $what", async ({ hello }) => {
    const stage = await TelemetryStage.open({ hello });
    const { client } = openClient(stage.url, { connectTimeoutMs: 200 });
    await expect.poll(() => reasonOf(client), SOON).toMatch(/: nobody says hello within 200 ms; is this the port of/);
  });

  it("gives up on a server that takes the connection and no more, and is closed at once", async () => {
    const { port } = await listen(createTcpServer((socket) => void socket.on("error", () => {}).resume()));
    const { client } = openClient(`127.0.0.1:${port}`, { connectTimeoutMs: 100 });
    await expect.poll(() => reasonOf(client), SOON).toMatch(/nobody says hello within 100 ms/);
    await client.close();
    expect(client.state).toEqual({ name: "closed" });
  });

  it("takes a certificate that nobody vouches for only when told to", async () => {
    const stage = await TelemetryStage.open({ isSecure: true });
    const refused = openClient(stage.url).client;
    await expect
      .poll(() => reasonOf(refused), SOON)
      .toMatch(/self-signed certificate; rejectUnauthorized: false takes it$/);
    const { client } = openClient(stage.url, { rejectUnauthorized: false });
    await expect.poll(() => client.state.name, SOON).toBe("connected");
  });

  it.each([
    [{ messages: "attitude" }, /^messages = "attitude": must be "all", or a list of at most 100 names/],
    [{ messages: ["a b"] }, /^messages/],
    [{ messages: [-1] }, /^messages/],
    [{ connectTimeoutMs: 0 }, /^connectTimeoutMs = 0/],
    [{ rate: 5 }, /rate/],
  ])("refuses the options %j", (options, message) => {
    expect(() => new TelemetryClient("pi", options as object)).toThrow(message);
  });

  it("refuses what it cannot ask for", () => {
    expect(() => new TelemetryClient("pi", { messages: Array(101).fill(1) })).toThrow(/^messages/);
    expect(() => new TelemetryClient("tcp://pi:8000")).toThrow(StreamError);
  });
});

function reasonOf({ state }: TelemetryClient): string {
  return state.name === "reconnecting" ? state.reason.message : state.name;
}

async function listen(server: Server): Promise<{ port: number }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => void server.close());
  return server.address() as { port: number };
}
