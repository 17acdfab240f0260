import { EventEmitter, once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { formatLength } from "../../../lib/mjpeg-tcp/length-field.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { openSource } from "../../../lib/sources/index.js";
import type { Source } from "../../../lib/sources/source.js";
import { FakeClock } from "../../support/fake-clock.js";
import { freePort } from "../../support/free-port.js";
import { RecordingLogger } from "../../support/recording-logger.js";
import { RecordingSourceSink } from "../../support/recording-source-sink.js";
import { runSource, sourceContext } from "../../support/run-source.js";

const JPEGS = Array.from({ length: 4 }, (_, i) => Buffer.from(`ffd8ffe0${"00".repeat(100 * i)}0${i}ffd9`, "hex"));
/** `pickle.dumps("no picture", protocol=3)`. */
const NO_PICTURE = Buffer.from("8003580a0000006e6f207069637475726571002e", "hex");

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A sender that does this with each connection. */
async function serve(talk: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    closers.push(() => socket.destroy());
    talk(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  return `mjpeg-tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
}

function frameOf(payload: Buffer, lengthBytes: 4 | 8 = 8): Buffer {
  return Buffer.concat([formatLength(payload.length, lengthBytes), payload]);
}

const open = (url: string, changes = {}): Source => openSource(url, sourceContext(changes));

describe("MJPEG over TCP as a source", () => {
  it.each([
    ["pickles behind 8 bytes", 8, pickleArray, ""],
    ["pickles behind 4 bytes", 4, pickleArray, ""],
    ["plain JPEGs behind 8 bytes", 8, (jpeg: Buffer) => jpeg, ""],
    ["plain JPEGs behind 4 bytes", 4, (jpeg: Buffer) => jpeg, ""],
    ["pickles behind 8 bytes, as told", 8, pickleArray, "?length=8"],
    ["plain JPEGs behind 4 bytes, as told", 4, (jpeg: Buffer) => jpeg, "?length=4"],
  ] as const)("takes %s", async (_, lengthBytes, payloadOf, query) => {
    const wire = Buffer.concat(JPEGS.map((jpeg) => frameOf(payloadOf(jpeg), lengthBytes)));
    const url = await serve((socket) => socket.write(wire));
    const run = await runSource(open(url + query), ({ units }) => units.length === JPEGS.length);
    expect(run.units.map(({ data }) => data)).toEqual(JPEGS);
    expect(
      run.units.every(({ codec, keyframe, receivedAtMs }) => codec === "mjpeg" && keyframe && receivedAtMs > 0),
    ).toBe(true);
    expect(run).toMatchObject({ bytes: wire.length, lost: 0, error: undefined });
    expect(run.connected).toEqual([{ sameClock: true, description: url }]);
  });

  it("says that the sender closed the connection, and counts the picture that was cut", async () => {
    const [first, second] = JPEGS.map((jpeg) => frameOf(jpeg)) as [Buffer, Buffer];
    const url = await serve((socket) => socket.end(Buffer.concat([first, second.subarray(0, -1)])));
    const run = await runSource(open(url));
    expect(run.error).toMatchObject({ code: "stream-ended", message: `${url}: the sender closed the connection` });
    expect([run.units.length, run.lost]).toEqual([1, 1]);
  });

  it("counts nothing where the sender closes behind a picture", async () => {
    const url = await serve((socket) => socket.end(frameOf(JPEGS[0] as Buffer)));
    const run = await runSource(open(url));
    expect([run.error?.code, run.units.length, run.lost]).toEqual(["stream-ended", 1, 0]);
  });

  it("goes on behind payloads that are no pictures, which it counts, and tells once", async () => {
    const logger = new RecordingLogger();
    const [first, second] = JPEGS as [Buffer, Buffer];
    const wire = [pickleArray(first), NO_PICTURE, Buffer.from("no"), second].map((payload) => frameOf(payload));
    const url = await serve((socket) => socket.write(Buffer.concat(wire)));
    const source = open(url, { logger });
    for (let attempt = 0; attempt < 2; attempt++) {
      const run = await runSource(source, ({ units }) => units.length === 2);
      expect(run.units.map(({ data }) => data)).toEqual([first, second]);
      expect(run.lost).toBe(2);
    }
    expect(logger.lines).toEqual([expect.stringMatching(/^warn a payload is refused: a pickle .*no /)]);
    expect(logger.details).toEqual([{ url, code: "invalid-data" }]);
  });

  it.each([
    ["text", Buffer.from("SSH-2.0-OpenSSH"), /: the stream begins with 5353482d322e302d4f70, which is not/],
    ["a length of 0", frameOf(Buffer.alloc(0)), /: the stream begins with/],
    ["a length of 0 later", Buffer.alloc(8), /: a frame says that it has 0 bytes/],
    ["an enormous length", frameOf(JPEGS[0] as Buffer, 4).fill(0x7f, 0, 4), /: a frame says that it has 2139062143 b/],
  ])("ends the connection with what is wrong: %s", async (_, bytes, message) => {
    const before = message.source.includes(" 0 bytes") ? frameOf(JPEGS[0] as Buffer) : Buffer.alloc(0);
    const url = await serve((socket) => socket.write(Buffer.concat([before, bytes, Buffer.alloc(10)])));
    const run = await runSource(open(url));
    expect(run.error).toMatchObject({ code: "invalid-data", message: expect.stringMatching(message) });
    expect(run.error?.message.startsWith(`${url}: `)).toBe(true);
    expect(run.lost).toBe(0);
  });

  it("is live where bytes come after a pause that began behind a picture", async () => {
    const clock = new FakeClock();
    const [first, second] = JPEGS.map((jpeg) => frameOf(jpeg)) as [Buffer, Buffer];
    const seen: string[] = [];
    const sink = new RecordingSourceSink();
    const end = new AbortController();
    sink.live = () => void seen.push("live");
    sink.onUnit = () => void (seen.push("picture") === 6 && end.abort());
    const pieces = [first, second.subarray(0, 20), second.subarray(20), first];
    const taken = new EventEmitter();
    const url = await serve((socket) => taken.emit("socket", socket));
    const ran = open(url, { clock }).run(sink, end.signal);
    const [socket] = (await once(taken, "socket")) as [Socket];
    let sent = 0;
    for (const piece of pieces) {
      clock.advance(9);
      socket.write(piece);
      sent += piece.length;
      while (sink.byteCount < sent) await new Promise((resolve) => setImmediate(resolve));
    }
    await ran;
    expect(seen).toEqual(["live", "picture", "live", "picture", "live", "picture"]);
  });

  it("says that nobody listens", async () => {
    const url = `mjpeg-tcp://127.0.0.1:${await freePort()}`;
    const { error } = await runSource(open(url));
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining(`${url}: `) });
  });

  it.each([
    ["mjpeg-tcp://", "names no host; mjpeg-tcp://host:8888"],
    ["mjpeg-tcp://:9000", "names no host; mjpeg-tcp://host:9000"],
    ["mjpeg-tcp://pi?length=2", "length=2 is not allowed; it must be one of 4, 8"],
    ["mjpeg-tcp://pi?payload=jpeg", 'parameter "payload" is unknown; allowed: length'],
  ])("refuses %s", (url, problem) => {
    expect(() => open(url)).toThrow(expect.objectContaining({ code: "invalid-url", message: `${url}: ${problem}` }));
  });
});
