import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { frameDatagrams } from "../../../lib/chunked-udp/server-message.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { RECEIVE_BUFFER_BYTES } from "../../../lib/receive-buffer.js";
import { openSource } from "../../../lib/sources/index.js";
import { RecordingLogger } from "../../support/recording-logger.js";
import { sourceContext } from "../../support/run-source.js";
import { widenDatagram } from "../chunked-udp/widen-datagram.js";
import { ChunkedUdpSink, fakeJpeg, open, ScriptedServer } from "./chunked-udp-stage.js";

const PICTURE = fakeJpeg(5_000, 1);

describe("the source of chunked UDP", () => {
  it("registers, receives, and says goodbye, all on one socket", async () => {
    const server = await ScriptedServer.open();
    const { sink, close } = open(`chunked-udp://127.0.0.1:${server.port}`);
    expect(await server.next()).toBe("REGISTER_CLIENT jpeg");
    server.welcome(7, PICTURE);
    await sink.until(({ units }) => units.length === 1);
    expect(sink.units).toMatchObject([{ codec: "mjpeg", keyframe: true, receivedAtMs: 1_000 }]);
    expect(sink.units[0]?.data.equals(PICTURE)).toBe(true);
    const description = `chunked-udp://127.0.0.1:${server.port}`;
    expect(sink.connections).toEqual([{ sameClock: true, description }]);
    expect(sink.byteCount).toBe("REGISTERED".length + 23 + 5 * 13 + 5_000);
    expect(await close()).toBeUndefined();
    expect(await server.next()).toBe("DISCONNECT");
  });

  it("works over IPv6", async () => {
    const server = await ScriptedServer.open("::1");
    const { sink } = open(`chunked-udp://[::1]:${server.port}?payload=jpeg`);
    await server.next();
    server.welcome(1, PICTURE);
    await sink.until(({ units }) => units.length === 1);
  });

  it.each([
    ["", "REGISTER_CLIENT jpeg", "REGISTER_CLIENT"],
    ["?token=s3cret", "REGISTER_CLIENT jpeg s3cret", "REGISTER_CLIENT s3cret"],
    ["?payload=jpeg&token=s3cret", "REGISTER_CLIENT jpeg s3cret", "REGISTER_CLIENT jpeg s3cret"],
    ["?payload=pickle", "REGISTER_CLIENT", "REGISTER_CLIENT"],
  ])("with %j asks by %j, and then by %j", async (parameters, first, second) => {
    const server = await ScriptedServer.open();
    const { clock } = open(`chunked-udp://127.0.0.1:${server.port}${parameters}`);
    const said = [await server.next()];
    clock.advance(500);
    said.push(await server.next());
    clock.advance(500);
    expect([...said, await server.next()]).toEqual([first, second, first]);
  });

  it("receives from an old server: one that knows its own words only, pickles, and writes native numbers", async () => {
    const server = await ScriptedServer.open();
    const { sink, clock } = open(`chunked-udp://127.0.0.1:${server.port}`);
    while ((await server.next()) !== "REGISTER_CLIENT") clock.advance(500);
    server.say("REGISTERED", ...frameDatagrams(0, pickleArray(PICTURE)).map((datagram) => widenDatagram(datagram)));
    await sink.until(({ units }) => units.length === 1);
    expect(sink.units[0]?.data.equals(PICTURE)).toBe(true);
    // It asks as was answered when the server has fallen silent.
    clock.advance(1_000);
    expect(await server.next()).toBe("REGISTER_CLIENT");
  });

  it("answers challenges, and counts what it does not know", async () => {
    const server = await ScriptedServer.open();
    const { sink } = open(`chunked-udp://127.0.0.1:${server.port}`);
    await server.next();
    server.say("HELLO", "CHALLENGE n0nce-1");
    expect(await server.next()).toBe("CHALLENGE n0nce-1");
    expect(sink.discardedBytes).toBe(5);
    expect(sink.connections).toHaveLength(1);
  });

  it("hears nobody but the server", async () => {
    const server = await ScriptedServer.open();
    const stranger = await ScriptedServer.open();
    const { sink } = open(`chunked-udp://127.0.0.1:${server.port}`);
    const client = once(server.socket, "message").then(([, from]) => from.port as number);
    await server.next();
    for (const datagram of frameDatagrams(1, PICTURE)) stranger.socket.send(datagram, await client, "127.0.0.1");
    server.welcome(1, fakeJpeg(400, 2));
    await sink.until(({ units }) => units.length === 1);
    expect(sink.units[0]?.data).toHaveLength(400);
    expect(sink.byteCount).toBe("REGISTERED".length + 23 + 413);
  });

  it("comes back by itself to a server that was started again and counts anew", async () => {
    const server = await ScriptedServer.open();
    const { sink, clock } = open(`chunked-udp://127.0.0.1:${server.port}`);
    await server.next();
    server.welcome(900, PICTURE);
    await sink.until(({ units }) => units.length === 1);
    clock.advance(1_000);
    expect(await server.next()).toBe("REGISTER_CLIENT jpeg");
    server.welcome(0, fakeJpeg(700, 2));
    await sink.until(({ units }) => units.length === 2);
    expect(sink).toMatchObject({ restarts: 1, lostCount: 0 });
  });

  it("does not give up what waits in the socket while the event loop is blocked", async () => {
    const server = await ScriptedServer.open();
    const { sink, clock } = open(`chunked-udp://127.0.0.1:${server.port}`);
    await server.next();
    const [start, first, ...rest] = frameDatagrams(1, PICTURE) as [Buffer, Buffer, ...Buffer[]];
    const byteCount = start.length + first.length;
    server.say(start, first);
    await sink.until((seen) => seen.byteCount === byteCount);
    clock.block(3_000);
    server.say(...rest);
    await sink.until(({ units }) => units.length === 1);
    expect(sink).toMatchObject({ lostCount: 0, restarts: 0 });
  });

  it("says soon that nobody listens there", async () => {
    const server = await ScriptedServer.open();
    const { port } = server;
    await server.close();
    const error = await open(`chunked-udp://127.0.0.1:${port}`).done;
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("connection refused") });
  });

  it("says that the connection is lost when the server is gone", async () => {
    const server = await ScriptedServer.open();
    const { sink, clock, done } = open(`chunked-udp://127.0.0.1:${server.port}`);
    await server.next();
    server.welcome(1, PICTURE);
    await sink.until(({ units }) => units.length === 1);
    await server.close();
    clock.advance(1_000);
    expect(await done).toMatchObject({ code: "connection-lost" });
    expect(clock.waiting).toBe(0);
  });

  it.each([
    ["", "is it running, and does it want a token?"],
    ["?token=s3cret", "is it running, with this token?"],
  ])("says that there is no answer (%j), and what to look at", async (parameters, advice) => {
    const server = await ScriptedServer.open();
    const { clock, done } = open(`chunked-udp://127.0.0.1:${server.port}${parameters}`, { connectTimeoutMs: 700 });
    await server.next();
    clock.advance(700);
    const message = `chunked-udp://127.0.0.1:${server.port}: no answer within 700 ms; ${advice}`;
    expect(await done).toMatchObject({ code: "connect-failed", message });
  });

  it("counts frames that are no JPEG as lost, and says why once", async () => {
    const logger = new RecordingLogger();
    const server = await ScriptedServer.open();
    const { sink } = open(`chunked-udp://127.0.0.1:${server.port}`, { logger });
    await server.next();
    for (const id of [1, 2, 3]) server.welcome(id, Buffer.from("cos\nsystem\n(S'ls'\ntR."));
    server.welcome(4, PICTURE);
    await sink.until(({ units }) => units.length === 1);
    expect(sink.lostCount).toBe(3);
    expect(logger.lines.filter((line) => line.startsWith("warn a frame cannot be read: "))).toHaveLength(1);
  });

  it("warns once where the system grants a small receive buffer", async () => {
    const probe = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER_BYTES }).bind(0, "127.0.0.1");
    onTestFinished(() => void probe.close());
    await once(probe, "listening");
    const isSmall = probe.getRecvBufferSize() / (process.platform === "linux" ? 2 : 1) < RECEIVE_BUFFER_BYTES;
    const logger = new RecordingLogger();
    const server = await ScriptedServer.open();
    const source = openSource(`chunked-udp://127.0.0.1:${server.port}`, sourceContext({ logger }));
    for (const _run of [1, 2]) {
      const end = new AbortController();
      const done = source.run(new ChunkedUdpSink(), end.signal);
      while (!(await server.next()).startsWith("REGISTER"));
      end.abort();
      await done;
    }
    expect(logger.lines.filter((line) => line.includes("small receive buffer"))).toHaveLength(isSmall ? 1 : 0);
  });

  it.each([
    ["chunked-udp://:9999", "names no host; chunked-udp://host:9999"],
    ["chunked-udp://host:0", "names no port; chunked-udp://host:9999"],
    ["chunked-udp://host?payload=raw", "payload=raw is not allowed; it must be one of jpeg, pickle"],
    ["chunked-udp://host?token=two%20words", "the token is not allowed; it must be 1 to 128 printable ASCII"],
    ["chunked-udp://host?token=jpeg", "but neither jpeg nor pickle"],
    ["chunked-udp://host?fps=3", 'parameter "fps" is unknown; allowed: token, payload'],
  ])("%s is refused", (url, message) => {
    const refused = (): unknown => openSource(url, sourceContext());
    expect(refused).toThrow(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining(message) }),
    );
    expect(refused).not.toThrow(/two.*words/);
  });
});
