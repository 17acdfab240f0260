import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { Receiver } from "../../lib/index.js";
import { makeUnits } from "../server/support/make-units.js";
import { RunningOutput } from "../server/support/run-output.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";

const CLIENT = fileURLToPath(new URL("./chunked_udp_client.py", import.meta.url));
const FPS = 30;
/** Within less than this, whoever is only silent is still a client. */
const NOTICED_MS = 10_000;
const BACK_MS = 5_000;
const LOOK_MS = 5;

/** An output at work whose camera gives 30 pictures a second. */
async function serve(finished: Finished): Promise<RunningOutput> {
  const running = await RunningOutput.start("chunked-udp://127.0.0.1:0");
  let from = 0;
  const timer = systemClock.every(1_000 / FPS, () => {
    for (const unit of makeUnits({ count: 1, codec: "mjpeg", bytes: 20_000, from: from++ })) {
      running.hub.publish({ ...unit, receivedAtMs: systemClock.now() });
    }
  });
  finished(async () => {
    timer.cancel();
    await running[Symbol.asyncDispose]();
  });
  return running;
}

/** A router in front of one client. */
class Nat {
  readonly #inside = createSocket("udp4");
  readonly #serverPort: number;
  #outside: Socket | undefined;
  readonly #former: Socket[] = [];

  private constructor(serverPort: number) {
    this.#serverPort = serverPort;
    this.#inside.on("message", (datagram, { port }) => {
      this.#outside ??= createSocket("udp4").on("message", (reply) => this.#inside.send(reply, port, "127.0.0.1"));
      this.#outside.send(datagram, this.#serverPort, "127.0.0.1");
    });
  }

  static async start(serverPort: number, finished: Finished): Promise<Nat> {
    const nat = new Nat(serverPort);
    nat.#inside.bind(0, "127.0.0.1");
    await once(nat.#inside, "listening");
    finished(async () => {
      nat.forget();
      for (const socket of [nat.#inside, ...nat.#former]) socket.close();
    });
    return nat;
  }

  get port(): number {
    return this.#inside.address().port;
  }

  /** What comes for the old port goes nowhere, and nobody is told; the client's next datagram leaves from a new one. */
  forget(): void {
    if (!this.#outside) return;
    this.#outside.removeAllListeners("message");
    this.#former.push(this.#outside);
    this.#outside = undefined;
  }
}

it("a NAT that gives the client another port: the stream is back by itself", async ({ onTestFinished }) => {
  const running = await serve(onTestFinished);
  const nat = await Nat.start(running.port, onTestFinished);
  const receiver = new Receiver(`chunked-udp://127.0.0.1:${nat.port}`, { decode: false });
  onTestFinished(() => receiver.close());
  const given = async (count: number): Promise<void> => {
    const end = receiver.stats().units + count;
    await vi.waitUntil(() => receiver.stats().units >= end, { timeout: BACK_MS, interval: LOOK_MS });
  };
  await given(10);
  for (let time = 0; time < 2; time++) {
    nat.forget();
    await given(FPS);
  }
  expect(receiver.state.name).not.toBe("closed");
});

describePeers("a client of chunked UDP in Python", [PYTHON, pythonModule("cv2")], () => {
  it("that is killed is noticed at once", async ({ onTestFinished }) => {
    const running = await serve(onTestFinished);
    const client = startPeer(PYTHON, [CLIENT, "127.0.0.1", String(running.port), "1000"], onTestFinished);
    const patience = { timeout: NOTICED_MS, interval: LOOK_MS };
    await once(client.stdout, "data");
    expect(running.output.stats().clients).toBe(1);
    client.kill();
    await vi.waitUntil(() => running.output.stats().clients === 0, patience);
  });
});
