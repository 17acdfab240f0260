import { once } from "node:events";
import { EventEmitter } from "eventemitter3";
import { io, type Socket } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import type { TelemetryHello } from "../../../lib/telemetry/telemetry-protocol.js";
import { type TelemetryPlace, TelemetryServer } from "../../../server/telemetry/telemetry-server.js";
import type { TelemetrySource, TelemetrySourceEvents } from "../../../server/telemetry/telemetry-source.js";
import { makeSnapshot } from "../../lib/telemetry/make-snapshot.js";
import { FakeClock } from "../../support/fake-clock.js";
import { CERTIFICATE } from "../../support/self-signed.js";

const SOON = { timeout: 10_000, interval: 5 };

class Source extends EventEmitter<TelemetrySourceEvents> implements TelemetrySource {
  readonly hello: TelemetryHello = { version: 1, rateHz: 10, link: "mavlink-udp://:14550" };
  latest = makeSnapshot(1_000);
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(place: TelemetryPlace = {}) {
  const [source, clock] = [new Source(), new FakeClock()];
  const server = await TelemetryServer.listen({ host: "127.0.0.1", port: 0, ...place }, source, { clock });
  closers.push(() => server.close());
  return { source, clock, server };
}

/** A viewer that has been greeted, and what it is told. */
async function view(url: string, options: object = {}) {
  const socket: Socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true, ...options });
  closers.push(() => socket.disconnect());
  const told: [string, unknown][] = [];
  socket.onAny((event: string, value: unknown) => told.push([event, value]));
  await expect.poll(() => told.length, SOON).toBe(2);
  return { socket, told };
}

function message(name: string | null, id: number, fields: MavlinkMessage["fields"] = {}): MavlinkMessage {
  return { id, name, systemId: 1, componentId: 1, sequence: 0, version: 2, signed: false, fields, atMs: 5 };
}

/** A WebSocket below socket.io's own client. */
function rawViewer(url: string, headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, { headers });
  closers.push(() => socket.terminate());
  return socket;
}

/** Resolves when the server has read what a viewer said before. */
async function settled(socket: Socket): Promise<void> {
  await socket.timeout(10_000).emitWithAck("clock");
}

describe("TelemetryServer", () => {
  it("greets, tells what is known, and then every snapshot to everybody", async () => {
    const { source, server } = await serve();
    const viewers = [await view(server.url), await view(server.url)];
    source.emit("snapshot", makeSnapshot(1_100));
    for (const { told } of viewers) {
      await expect.poll(() => told.length, SOON).toBe(3);
      expect(told).toEqual([
        ["hello", source.hello],
        ["telemetry", makeSnapshot(1_000)],
        ["telemetry", makeSnapshot(1_100)],
      ]);
    }
    expect(server.stats()).toMatchObject({ viewers: 2, subscribers: 0, badEvents: 0 });
  });

  it.each<[unknown, string[]]>([
    ["all", ["ATTITUDE", "HEARTBEAT", "VFR_HUD", "#99999"]],
    [["HEARTBEAT"], ["HEARTBEAT"]],
    [
      [99_999, 30],
      ["ATTITUDE", "#99999"],
    ],
    [["ATTITUDE", 30], ["ATTITUDE"]],
    [[], []],
  ])("tells who subscribed to %j the messages %j, each once", async (which, heard) => {
    const { source, server } = await serve();
    const { socket, told } = await view(server.url);
    socket.emit("subscribe", ["VFR_HUD"]); // the next one takes its place
    socket.emit("subscribe", which);
    await settled(socket);
    source.emit("message", message("ATTITUDE", 30));
    source.emit("message", message("HEARTBEAT", 0));
    source.emit("message", message("VFR_HUD", 74));
    source.emit("message", message(null, 99_999));
    await settled(socket);
    const names = told.slice(2).map(([, value]) => (value as MavlinkMessage).name ?? "#99999");
    expect(names).toEqual(heard);
  });

  it("tells the time", async () => {
    const { clock, server } = await serve();
    const { socket } = await view(server.url);
    const nowMs = clock.wallNow();
    expect(await socket.emitWithAck("clock")).toEqual({ receivedAtMs: nowMs, sentAtMs: nowMs });
  });

  it("counts what it cannot understand, and leaves it at that", async () => {
    const { source, server } = await serve();
    const { socket, told } = await view(server.url);
    const tooMany = Array.from({ length: 101 }, (_, index) => index);
    for (const which of [tooMany, "ATTITUDE", { 0: "ATTITUDE" }, [["ATTITUDE"]], [-1], [null], null, 30]) {
      socket.emit("subscribe", which);
    }
    socket.emit("clock");
    socket.emit("clock", "now");
    socket.emit("message", message("HEARTBEAT", 0));
    await settled(socket);
    expect(server.stats()).toMatchObject({ badEvents: 10, subscribers: 0 });
    source.emit("message", message("HEARTBEAT", 0));
    await settled(socket);
    expect(told.length).toBe(2);
  });

  it("ends the connection of who says too much, and nobody else's", async () => {
    const { source, server } = await serve();
    const [talker, listener] = [await view(server.url), await view(server.url)];
    const gone = disconnected(talker.socket);
    talker.socket.emit("subscribe", ["A".repeat(17 * 1024)]);
    await gone;
    source.emit("snapshot", makeSnapshot(1_100));
    await expect.poll(() => listener.told.length, SOON).toBe(3);
    await expect.poll(() => server.stats().viewers, SOON).toBe(1);
  });

  it("drops messages and snapshots for who does not take them, and for nobody else", async () => {
    const { source, server } = await serve();
    const { socket, told } = await view(server.url);
    socket.emit("subscribe", "all");
    const deaf = rawViewer(server.url);
    await once(deaf, "open");
    deaf.send("40");
    await expect.poll(() => server.stats().viewers, SOON).toBe(2);
    deaf.send('42["subscribe","all"]');
    await expect.poll(() => server.stats().subscribers, SOON).toBe(2);
    deaf.pause();
    // First what fills the buffers of the system.
    const large = message("FILE_TRANSFER_PROTOCOL", 110, { payload: "0".repeat(1_000_000) });
    const small = Array.from({ length: 30 }, () => message("PING", 4));
    let news = 2;
    for (const batch of [...Array.from({ length: 10 }, () => [large]), ...Array.from({ length: 7 }, () => small)]) {
      for (const one of batch) source.emit("message", one);
      source.emit("snapshot", makeSnapshot(news));
      news += batch.length + 1;
      await expect.poll(() => told.length, { ...SOON, interval: 1 }).toBe(news);
    }
    const { droppedMessages, droppedSnapshots } = server.stats();
    expect(droppedMessages).toBeGreaterThan(5);
    expect(droppedMessages).toBeLessThan(30);
    expect(droppedSnapshots).toBeGreaterThan(5);
  });

  it.each<[string, Record<string, string>, number]>([
    ["a program", {}, 200],
    ["the page of the same host, on another port", { origin: "http://127.0.0.1:8080" }, 200],
    ["the page of the same host, by HTTPS", { origin: "https://127.0.0.1" }, 200],
    ["a page that is allowed", { origin: "https://cockpit.example" }, 200],
    ["a page of another host", { origin: "http://evil.example" }, 403],
    ["a page of a host with a name like ours", { origin: "http://127.0.0.1.evil.example" }, 403],
    ["a file", { origin: "null" }, 403],
  ])("answers %s", async (_who, headers, status) => {
    const { server } = await serve({ allowedOrigins: ["https://cockpit.example"] });
    const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
      status,
      status === 200 ? (headers.origin ?? null) : null,
    ]);
    const socket = rawViewer(server.url, headers);
    const answer = await Promise.race([once(socket, "open").then(() => 200), refusal(socket)]);
    expect(answer).toBe(status === 200 ? 200 : 400); // socket.io's answer to an upgrade that it does not allow
  });

  it("tells people what it is", async () => {
    const { server } = await serve();
    const answers = await Promise.all(["/", "/secret"].map((path) => fetch(server.url + path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
    expect(await answers[0]?.text()).toMatch(/^glasslink telemetry.*\n$/);
  });

  it("serves by HTTPS", async () => {
    const { server } = await serve({ tls: CERTIFICATE });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    await view(server.url, { rejectUnauthorized: false });
  });

  it.each(["cockpit.example", "https://cockpit.example/", "*"])("takes no origin like %s", async (origin) => {
    const place = { host: "127.0.0.1", port: 0, allowedOrigins: [origin] };
    const refused = { code: "invalid-option", message: expect.stringContaining(`"${origin}"`) };
    await expect(TelemetryServer.listen(place, new Source())).rejects.toMatchObject(refused);
  });

  it("says that a port is taken", async () => {
    const { server } = await serve();
    const second = TelemetryServer.listen({ host: "127.0.0.1", port: server.port }, new Source());
    await expect(second).rejects.toMatchObject({ code: "bind-failed" });
  });

  it("leaves nothing behind", async () => {
    const { source, server } = await serve();
    const { socket } = await view(server.url);
    const gone = disconnected(socket);
    await Promise.all([server.close(), server.close(), gone]);
    expect([source.listenerCount("snapshot"), source.listenerCount("message")]).toEqual([0, 0]);
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

async function disconnected(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.on("disconnect", resolve));
}

async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await once(socket, "unexpected-response");
  return response.statusCode;
}
