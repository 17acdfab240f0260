import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { insertStamp } from "../../lib/codecs/frame-stamp.js";
import type { StreamError } from "../../lib/errors.js";
import type { Frame } from "../../lib/frame.js";
import type { ReceiverOptions } from "../../lib/options.js";
import { Receiver } from "../../lib/receiver.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { makeStream } from "./make-stream.js";
import { unitsOf } from "./units-of.js";

/** What a sender of ours puts behind every picture, at the least. */
export const AUD = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
const STREAM = { codec: "h264", width: 320, height: 240, fps: 30, frames: 30, gop: 10 } as const;

/** A sender under the test's command: it accepts receivers and writes what it is told. */
export class ScriptedSender {
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  #sent = 0;

  constructor() {
    this.#server = createServer((socket) => {
      socket.on("error", () => {});
      this.sockets.push(socket);
      socket.on("close", () => this.sockets.splice(this.sockets.indexOf(socket), 1));
      this.#server.emit("joined");
    });
    onTestFinished(() => this.stop());
  }

  get #port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async listen(port = 0): Promise<{ url: string; port: number }> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return { url: `tcp://127.0.0.1:${this.#port}`, port: this.#port };
  }

  async joined(): Promise<Socket> {
    if (this.sockets.length === 0) await once(this.#server, "joined");
    return this.sockets.at(-1) as Socket;
  }

  /** The next unit's number is used up without being sent, as if it were lost on the way. */
  skip(): this {
    this.#sent++;
    return this;
  }

  /** Writes units with the next one's delimiter behind each, stamped with numbers of this sender. */
  async send(units: AccessUnit[]): Promise<void> {
    const socket = await this.joined();
    for (const unit of units) {
      const stamp = { sequence: this.#sent++, capturedAtUs: BigInt(Math.round(Date.now() * 1000)) };
      socket.write(Buffer.concat([insertStamp(unit, stamp), AUD]));
    }
  }

  async stop(): Promise<void> {
    for (const socket of [...this.sockets]) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/**
 * A receiver, and what it tells: the numbers read from its frames, its warnings, its states. By default it waits so long
 * for a silent sender that a busy machine passes for none.
 */
export function open(url: string, options: ReceiverOptions = {}) {
  const receiver = new Receiver(url, { hwaccel: "none", stallTimeoutMs: 10_000, ...options });
  const [numbers, warnings, states]: [(number | undefined)[], StreamError[], string[]] = [[], [], []];
  receiver.on("frame", ({ data, width, height }) => numbers.push(readFrameCounter(data, width, height)));
  receiver.on("warning", (error) => warnings.push(error));
  receiver.on("state", (state) => states.push(state.name));
  onTestFinished(() => receiver.close());
  return { receiver, numbers, warnings, states };
}

/** Access units whose pictures carry their number. */
export async function numbered(options = {}): Promise<AccessUnit[]> {
  return unitsOf(await makeStream({ ...STREAM, ...options }), "h264");
}

export const nextFrame = (receiver: Receiver): Promise<Frame> =>
  new Promise((resolve) => receiver.once("frame", resolve));

/** Sends one unit after another, each when the frame of the one before is there. */
export async function sendEach(sender: ScriptedSender, receiver: Receiver, units: AccessUnit[]): Promise<void> {
  for (const unit of units) {
    const frame = nextFrame(receiver);
    await sender.send([unit]);
    await frame;
  }
}

/** The whole numbers from first to last. */
export const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
