import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { chunkCountOf } from "../../lib/chunked-udp/server-message.js";
import { makeJpegs } from "../support/make-jpegs.js";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, describeNetwork, PeerNetwork, type Side } from "../support/peer-network.js";
import { type Finished, PYTHON, startPeer } from "../support/peer-program.js";

const [ARRIVALS, SENDER, RECEIVER] = ["chunked_udp_arrivals.py", "network-sender.mjs", "chunked-udp-units.mjs"].map(
  (script) => fileURLToPath(new URL(`./${script}`, import.meta.url)),
) as [string, string, string];
/** A busy machine puts a program aside for longer than a receive buffer lasts: these go first. */
const IN_TIME = ["chrt", "--fifo", "1"];
const URL_OF_SENDER = `chunked-udp://${ADDRESS.sender}:9999`;
const PICTURES = { width: 640, height: 480, frames: 100 };
const PATIENCE = { timeout: 60_000, interval: 20 };
/** What chance takes beyond this, it takes once in thousands of times. */
const STANDARD_ERRORS = 4;

const run = promisify(execFile);
const md5 = (data: Buffer): string => createHash("md5").update(data).digest("hex");

/** What test/peers/chunked_udp_arrivals.py tells. */
interface Arrived {
  whole: number;
  withoutStart: number;
  seen: number;
}

/** Receives so many pictures in a network; gives what came to the machine, and what the receiver made of it. */
async function receive(network: PeerNetwork, count: number, finished: Finished) {
  const folder = await peerFolder(finished);
  const jpegs = await makeJpegs(PICTURES);
  const [stream, tape] = [join(folder, "tape.mjpeg"), join(folder, "tape.mkv")];
  await writeFile(stream, Buffer.concat(jpegs));
  await run("ffmpeg", ["-v", "error", "-f", "mjpeg", "-framerate", "30", "-i", stream, "-c", "copy", tape]);
  const start = (side: Side, ...args: string[]): ChildProcess => {
    const [command = "", ...rest] = [...network.prefix(side), ...IN_TIME, ...args];
    return startPeer(command, rest, finished);
  };
  const arrivals = start("receiver", PYTHON, ARRIVALS);
  await once(arrivals.stdout, "data");
  const sender = start("sender", process.execPath, SENDER, tape, "no stamp", URL_OF_SENDER);
  await once(sender.stdout, "data");
  const receiver = start("receiver", process.execPath, RECEIVER, URL_OF_SENDER);
  const hashes = jpegs.map(md5);
  const numbers: number[] = [];
  createInterface(receiver.stdout).on("line", (line) => numbers.push(hashes.indexOf(line)));
  await vi.waitUntil(() => numbers.length >= count, PATIENCE);
  sender.kill();
  await sender.exited;
  arrivals.stdin.end();
  const arrived = JSON.parse(String((await once(arrivals.stdout, "data"))[0])) as Arrived;
  await vi.waitUntil(() => numbers.length >= arrived.whole, PATIENCE);
  const chunks = jpegs.reduce((sum, { length }) => sum + chunkCountOf(length), 0) / jpegs.length;
  return { arrived, numbers, chunks };
}

/** Every picture is one that was sent, no one twice, no one behind a later one. */
function expectWhole(numbers: readonly number[]): void {
  expect(numbers).not.toContain(-1);
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] as number));
  const forward = steps.map((step) => (step + PICTURES.frames) % PICTURES.frames);
  expect(forward.filter((step) => step === 0 || step > PICTURES.frames / 2)).toEqual([]);
}

describeNetwork("chunked UDP on a bad network", () => {
  it("1 % of the datagrams lost: what comes whole is given, and that is as much as can be", async (test) => {
    const network = await PeerNetwork.make(test.onTestFinished);
    const lostDatagrams = await network.loseDatagrams(1);
    const { arrived, numbers, chunks } = await receive(network, 100, test.onTestFinished);
    expect(await lostDatagrams()).toBeGreaterThan(0);
    expectWhole(numbers);
    expect(numbers.length).toBeGreaterThanOrEqual(arrived.whole);
    expect(numbers.length).toBeLessThanOrEqual(arrived.whole + arrived.withoutStart);
    const expected = 0.99 ** (chunks + 1);
    const error = Math.sqrt((expected * (1 - expected)) / arrived.seen);
    expect(numbers.length / arrived.seen).toBeGreaterThan(expected - STANDARD_ERRORS * error);
  });

  it("10 % out of order, 5 % twice: no picture is lost by it, none comes twice", async (test) => {
    const { network, cable } = await PeerNetwork.makeSlow(test.onTestFinished);
    cable.is("reorder 10");
    cable.is("duplicate 5");
    const { arrived, numbers } = await receive(network, 45, test.onTestFinished);
    expectWhole(numbers);
    expect(numbers).toHaveLength(arrived.whole);
    // The last may have been under way.
    expect(arrived.whole).toBeGreaterThanOrEqual(arrived.seen - 1);
  });
});
