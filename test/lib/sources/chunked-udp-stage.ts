import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { REGISTERED } from "../../../lib/chunked-udp/client-message.js";
import { frameDatagrams } from "../../../lib/chunked-udp/server-message.js";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { StreamError } from "../../../lib/errors.js";
import { openSource } from "../../../lib/sources/index.js";
import type { SourceContext } from "../../../lib/sources/source.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RecordingSourceSink } from "../../support/recording-source-sink.js";
import { sourceContext } from "../../support/run-source.js";

/** What begins and ends as a JPEG does. */
export function fakeJpeg(size: number, fill: number): Buffer {
  const jpeg = Buffer.alloc(size, fill);
  jpeg.set([0xff, 0xd8, 0xff]);
  jpeg.set([0xff, 0xd9], size - 2);
  return jpeg;
}

/** A server that says only what the test has it say. */
export class ScriptedServer {
  readonly socket: Socket;
  /** What clients said that `next` has not given yet. */
  readonly #said: { text: string; from: RemoteInfo }[] = [];
  #wake = (): void => {};
  #client: RemoteInfo | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("message", (datagram, from) => {
      this.#said.push({ text: datagram.toString("latin1"), from });
      this.#client = from;
      this.#wake();
    });
  }

  static async open(address = "127.0.0.1", port = 0): Promise<ScriptedServer> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    socket.bind(port, address);
    await once(socket, "listening");
    const server = new ScriptedServer(socket);
    onTestFinished(() => server.close());
    return server;
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** The next thing that a client says. */
  async next(): Promise<string> {
    while (this.#said.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#said.shift()?.text as string;
  }

  /** Says something to whoever spoke last. */
  say(...datagrams: (Buffer | string)[]): void {
    const { port, address } = this.#client as RemoteInfo;
    for (const datagram of datagrams) this.socket.send(datagram, port, address);
  }

  /** Confirms a registration, and sends a frame. */
  welcome(frameId: number, frame: Buffer): void {
    this.say(REGISTERED, ...frameDatagrams(frameId, frame));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      try {
        this.socket.close(() => resolve());
      } catch {
        // It is closed already.
        resolve();
      }
    });
  }
}

/** Remembers also what tells how the link is. */
export class ChunkedUdpSink extends RecordingSourceSink {
  readonly connections: { sameClock: boolean; description: string }[] = [];
  restarts = 0;
  #wake = (): void => {};

  override connected(details?: { sameClock: boolean; description: string }): void {
    if (details) this.connections.push(details);
    this.#wake();
  }

  override unit(unit: AccessUnit): void {
    super.unit(unit);
    this.#wake();
  }

  override bytes(count: number): void {
    super.bytes(count);
    // What the bytes lead to comes behind them.
    setImmediate(() => this.#wake());
  }

  override restarted(): void {
    this.restarts++;
  }

  /** Resolves when `isSo`, looked at whenever something came. */
  async until(isSo: (sink: this) => boolean): Promise<void> {
    while (!isSo(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Runs a source with a clock that the test turns; it ends with the test at the latest. */
export function open(url: string, changes: Partial<SourceContext> = {}) {
  const clock = new FakeClock();
  const sink = new ChunkedUdpSink();
  const end = new AbortController();
  const source = openSource(url, sourceContext({ clock, ...changes }));
  const done: Promise<StreamError | undefined> = source.run(sink, end.signal).then(
    () => undefined,
    (error: StreamError) => error,
  );
  const close = (): Promise<StreamError | undefined> => {
    end.abort();
    return done;
  };
  onTestFinished(async () => void (await close()));
  return { clock, sink, source, done, close };
}
