import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { readJpegPayload } from "../../../lib/pickle/read-jpeg-payload.js";
import type { ChunkedUdpOutput } from "../../../server/outputs/chunked-udp.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RegisteringClient } from "../chunked-udp/registering-client.js";
import { makeUnits } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";

const LOCAL = "chunked-udp://127.0.0.1:0";

function pictures(count: number, bytes = 3_000) {
  return makeUnits({ count, bytes, codec: "mjpeg" });
}

/** Publishes so many pictures, and gives their bytes. */
function publish(running: RunningOutput, count = 1, bytes?: number): Buffer[] {
  const units = pictures(count, bytes);
  for (const unit of units) running.hub.publish(unit);
  return units.map(({ data }) => data);
}

function clientsOf(running: RunningOutput): number {
  return running.output.stats().clients;
}

async function logged(running: RunningOutput, message: string): Promise<void> {
  while (!running.logged.some((entry) => entry.message === message)) await new Promise(setImmediate);
}

describe("chunked UDP output", () => {
  it("sends plain clients pickles and others JPEGs, of the same number, from the port that they asked", async () => {
    await using running = await RunningOutput.start(LOCAL);
    await using old = await RegisteringClient.open(running.port);
    await using own = await RegisteringClient.open(running.port);
    await old.register("REGISTER_CLIENT");
    await own.register("REGISTER_CLIENT jpeg");
    const [jpeg] = publish(running);
    const [pickled] = await old.framed(1);
    const [plain] = await own.framed(1);
    expect(plain?.frame).toEqual(jpeg);
    expect(readJpegPayload(pickled?.frame as Buffer)).toEqual(jpeg);
    expect(pickled?.frame.length).toBeGreaterThan(3_000);
    expect(pickled?.frameId).toBe(plain?.frameId);
    expect(new Set([...old.received, ...own.received].map(({ from }) => from.port))).toEqual(new Set([running.port]));
    expect(running.output.stats()).toMatchObject({ clients: 2, droppedUnits: 0, sendErrors: 0, ignoredDatagrams: 0 });
    const bytes = [...old.received, ...own.received].map(({ datagram }) => datagram.length);
    expect(running.output.stats().sentBytes).toBe(bytes.filter((length) => length !== 10).reduce((a, b) => a + b) - 44);
  });

  it("lets a client change its mind by registering again", async () => {
    await using running = await RunningOutput.start(LOCAL);
    await using client = await RegisteringClient.open(running.port);
    const challenge = await client.register("REGISTER_CLIENT");
    expect(await client.register("REGISTER_CLIENT jpeg")).toBe(challenge);
    expect(clientsOf(running)).toBe(1);
    const [jpeg] = publish(running);
    expect((await client.framed(1))[0]?.frame).toEqual(jpeg);
  });

  it("asks no more once the challenge was answered, and passes wrong answers over", async () => {
    await using running = await RunningOutput.start(LOCAL);
    await using client = await RegisteringClient.open(running.port);
    const challenge = await client.register();
    expect(challenge).toMatch(/^CHALLENGE [\w-]{12}$/);
    client.say("CHALLENGE 123456789012");
    client.say("KEEPALIVE");
    await client.until(() => client.texts.length === 3);
    expect(client.texts[2]).toBe(challenge);
    client.say(challenge);
    client.say("KEEPALIVE");
    client.say("REGISTER_CLIENT");
    client.say("KEEPALIVE");
    await client.until(() => client.texts.length === 4);
    publish(running);
    await client.framed(1);
    expect(client.texts.slice(3)).toEqual(["REGISTERED"]);
  });

  it("loses no registration in a storm of 50, and gives each what is its own, once", async () => {
    await using running = await RunningOutput.start("chunked-udp://:0");
    const clients = await Promise.all(
      Array.from({ length: 50 }, (_, index) => RegisteringClient.open(running.port, `127.0.0.${index + 2}`)),
    );
    for (const client of clients) client.say("REGISTER_CLIENT jpeg");
    await Promise.all(clients.map((client) => client.until(() => client.texts.length >= 2)));
    expect(clientsOf(running)).toBe(50);
    const sent = [...publish(running), ...publish(running)];
    const received = await Promise.all(clients.map((client) => client.framed(2)));
    for (const frames of received) {
      expect(frames.map(({ frame }, index) => frame.equals(sent[index] as Buffer))).toEqual([true, true]);
    }
    for (const client of clients) client.say("DISCONNECT");
    while (clientsOf(running) > 0) await new Promise(setImmediate);
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  });

  it("serves IPv4 and IPv6 at once", async () => {
    await using running = await RunningOutput.start("chunked-udp://:0");
    await using four = await RegisteringClient.open(running.port, "127.0.0.1");
    await using six = await RegisteringClient.open(running.port, "::1");
    await four.register("REGISTER_CLIENT jpeg");
    await six.register("REGISTER_CLIENT jpeg");
    const [jpeg] = publish(running);
    expect((await four.framed(1))[0]?.frame).toEqual(jpeg);
    expect((await six.framed(1))[0]?.frame).toEqual(jpeg);
    expect(running.logged.map(({ details }) => (details as { client: string }).client)).toEqual([
      `127.0.0.1 port ${four.port}`,
      `::1 port ${six.port}`,
    ]);
  });

  it("hears DISCONNECT and KEEPALIVE only from a client's own address and port", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    await using client = await RegisteringClient.open(running.port);
    await using stranger = await RegisteringClient.open(running.port);
    await client.register();
    clock.advance(29_000);
    stranger.say("DISCONNECT");
    stranger.say("KEEPALIVE");
    stranger.say("nonsense");
    stranger.say(Buffer.alloc(1_400, 0x52));
    while ((running.output as ChunkedUdpOutput).stats().ignoredDatagrams < 4) await new Promise(setImmediate);
    expect(clientsOf(running)).toBe(1);
    expect(stranger.received).toEqual([]);
    clock.advance(1_000);
    expect(clientsOf(running)).toBe(0);
    await logged(running, "client gone");
  });

  it("keeps a client that says KEEPALIVE, and lets it go at its word, to which it may come back", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    await using client = await RegisteringClient.open(running.port);
    await client.register();
    for (let count = 0; count < 3; count++) {
      clock.advance(20_000);
      client.say("KEEPALIVE");
      await client.until(() => client.texts.length === 3 + count);
    }
    expect(clientsOf(running)).toBe(1);
    client.say("DISCONNECT");
    client.say("REGISTER_CLIENT jpeg");
    await client.until(() => client.texts.length === 7);
    const [jpeg] = publish(running);
    expect((await client.framed(1))[0]?.frame).toEqual(jpeg);
    expect(running.logged.map(({ message }) => message)).toEqual([
      ...["client connected", "client gone", "client connected"],
    ]);
  });

  it.skipIf(process.platform !== "linux")("notices at once that a client is not there any more", async () => {
    await using running = await RunningOutput.start(LOCAL);
    await using other = await RegisteringClient.open(running.port);
    await other.register("REGISTER_CLIENT jpeg");
    const client = await RegisteringClient.open(running.port);
    await client.register();
    await client[Symbol.asyncDispose]();
    const sent = publish(running);
    await logged(running, "client gone");
    sent.push(...publish(running));
    expect((await other.framed(2)).map(({ frame }) => frame)).toEqual(sent);
    expect(running.output.stats()).toMatchObject({ clients: 1, droppedUnits: 0, sendErrors: 0 });
  });

  it("answers nobody without the token, and tells each mistake once, without it", async () => {
    await using running = await RunningOutput.start(`${LOCAL}?token=s3cret`);
    await using client = await RegisteringClient.open(running.port);
    for (const message of ["REGISTER_CLIENT", "REGISTER_CLIENT wrong", "REGISTER_CLIENT jpeg"]) client.say(message);
    await client.register("REGISTER_CLIENT jpeg s3cret");
    expect(client.texts.length).toBe(2);
    const refused = `${running.output.url}: client 127.0.0.1 port ${client.port} is refused: it`;
    const told = [`${refused} sends no token`, `${refused}s token is wrong`];
    expect(running.warnings.map(({ message }) => message)).toEqual(told);
    expect(running.output.url).not.toContain("s3cret");
  });

  it("lets allowed addresses in without the token", async () => {
    await using running = await RunningOutput.start("chunked-udp://:0?token=s3cret&allow=127.0.0.8/30,2001:db8::7");
    await using allowed = await RegisteringClient.open(running.port, "127.0.0.10");
    await allowed.register();
    expect(clientsOf(running)).toBe(1);
  });

  it.each([
    ["maxClients=1", "127.0.0.2", "1 are registered already (maxClients=1)"],
    ["maxClientsPerAddress=1", "127.0.0.1", "its address has 1 already (maxClientsPerAddress=1)"],
  ])("answers nobody beyond %s", async (cap, address, reason) => {
    await using running = await RunningOutput.start(`chunked-udp://:0?${cap}`);
    await using first = await RegisteringClient.open(running.port);
    await using second = await RegisteringClient.open(running.port, address);
    await first.register();
    second.say("REGISTER_CLIENT");
    while (running.warnings.length === 0) await new Promise(setImmediate);
    expect(running.warnings[0]?.message).toContain(`is refused: ${reason}`);
    first.say("DISCONNECT");
    while (clientsOf(running) > 0) await new Promise(setImmediate);
    await second.register();
    expect(second.texts.length).toBe(2);
  });

  it("takes 64 new clients at once, and 10 more a second, of which 2 of one address", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    await using client = await RegisteringClient.open(running.port);
    await using other = await RegisteringClient.open(running.port, "127.0.0.2", "127.0.0.1");
    const again = async (): Promise<void> => {
      client.say("DISCONNECT");
      while (clientsOf(running) > 0) await new Promise(setImmediate);
    };
    for (let count = 0; count < 64; count++) {
      await client.register();
      await again();
    }
    client.say("REGISTER_CLIENT");
    while (running.warnings.length === 0) await new Promise(setImmediate);
    expect(running.warnings[0]?.message).toContain("is refused: more than 10 a second come");
    clock.advance(100);
    client.say("REGISTER_CLIENT");
    await other.register();
    expect(client.texts.length).toBe(2 * 64);
    clock.advance(400);
    await client.register();
    expect(client.texts.length).toBe(2 * 65);
  });

  it("drops a picture over 16 MiB, and tells so once", async () => {
    await using running = await RunningOutput.start(LOCAL);
    await using client = await RegisteringClient.open(running.port);
    await client.register();
    const data = Buffer.alloc(16 * 1024 * 1024 + 1);
    const large = { codec: "mjpeg", data, keyframe: true, receivedAtMs: 0 } as const;
    running.hub.publish(large);
    running.hub.publish(large);
    publish(running);
    expect((await client.framed(1)).length).toBe(1);
    expect(running.output.stats().droppedUnits).toBe(2);
    expect(running.warnings.map(({ message }) => message)).toEqual([
      `${running.output.url}: a picture of 16777217 bytes is dropped: a frame holds 16 MiB at most`,
    ]);
  });

  it("spreads a large picture, and leaves the next one out whole while it is under way", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    await using client = await RegisteringClient.open(running.port);
    await client.register("REGISTER_CLIENT jpeg");
    const [first] = publish(running, 1, 300_000);
    publish(running, 1, 2_000);
    await client.until(() => client.received.length >= 2 + 28);
    expect(running.output.stats().droppedUnits).toBe(1);
    for (let step = 0; step < 30; step++) {
      clock.advance(1);
      await new Promise(setImmediate);
    }
    const [last] = publish(running, 1, 2_000);
    const [one, other] = await client.framed(2);
    expect(one?.frame.equals(first as Buffer) && other?.frame.equals(last as Buffer)).toBe(true);
    expect(running.output.stats().droppedUnits).toBe(1);
  });

  it("ends where another program has the port, also another output", async () => {
    await using running = await RunningOutput.start(LOCAL);
    const taken = `chunked-udp://127.0.0.1:${running.port}`;
    const problem = { code: "bind-failed", message: `${taken}: cannot listen: port ${running.port} is in use already` };
    await expect(RunningOutput.start(taken)).rejects.toMatchObject(problem);
    await expect(RunningOutput.start("chunked-udp://no-such-host.invalid:9999")).rejects.toMatchObject({
      message: expect.stringContaining("no-such-host.invalid is no address of this machine"),
    });
  });

  it("leaves its port at the end, and whoever registered", async () => {
    const clock = new FakeClock();
    const running = await RunningOutput.start(LOCAL, clock);
    const { port } = running;
    await using client = await RegisteringClient.open(port);
    await client.register();
    await running[Symbol.asyncDispose]();
    expect(clock.waiting).toBe(0);
    const socket = createSocket("udp4");
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    socket.close();
  });
});
