import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { Receiver } from "../../lib/index.js";
import { RunningOutput } from "../server/support/run-output.js";
import { makeJpegs } from "../support/make-jpegs.js";
import { peerFolder } from "../support/peer-folder.js";
import { expectEveryNumber, PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";

const NEEDS = ["ffmpeg", PYTHON, pythonModule("cv2"), pythonModule("numpy")];
const CLIENT = fileURLToPath(new URL("./chunked_udp_client.py", import.meta.url));
const SERVER = fileURLToPath(new URL("./chunked_udp_server.py", import.meta.url));

/** Round the sizes at which a chunk more is needed, with what a pickle puts in front, and up to the largest. */
const SIZES = [1, 2, 255, 256, 1_000, 1_199, 1_200, 1_201, 2_400, 65_535, 65_536, 120_000, 300_000];
const LARGEST = Array.from({ length: 15 }, () => 300_000);
const FPS = 30;
/** A busy machine puts a client aside for longer than its buffer lasts: it goes first where we may say so. */
const IN_TIME = process.getuid?.() === 0 ? (["chrt", "--fifo", "1"] as const) : [];
/** Where we may not, or where that is not enough. */
const ROUNDS = 3;
/** Pictures of a server in Python, and the ways in which it sends each. */
const SERVED = 5;
const WAYS = 6;
const PATIENCE = { timeout: 20_000, interval: 5 };

/** What test/peers/chunked_udp_client.py tells of a frame. */
interface ToldFrame {
  type: string;
  shape: number[];
  hash: string;
  exact: boolean;
  picture: number[] | null;
}

const md5 = (data: Buffer): string => createHash("md5").update(data).digest("hex");

describePeers("chunked UDP and clients in Python", NEEDS, () => {
  /** An output, and a client of it that is registered; `given` plays pictures and gives what the client told. */
  async function serve(words: readonly string[], finished: Finished) {
    const running = await RunningOutput.start("chunked-udp://127.0.0.1:0");
    finished(() => running[Symbol.asyncDispose]());
    const told: ToldFrame[] = [];
    const [command, ...args] = [...IN_TIME, PYTHON, CLIENT, "127.0.0.1", String(running.port), "1000", ...words];
    const client = startPeer(command, args, finished);
    createInterface(client.stdout).on("line", (line) => told.push(JSON.parse(line) as ToldFrame));
    await vi.waitUntil(() => running.output.stats().clients === 1, PATIENCE);
    const play = async (pictures: readonly Buffer[]): Promise<ToldFrame[]> => {
      const from = told.length;
      let next = 0;
      await new Promise<void>((resolve) => {
        const timer = systemClock.every(1_000 / FPS, () => {
          const data = pictures[next];
          if (!data) return resolve(timer.cancel());
          const leftOut = running.output.stats().droppedUnits;
          running.hub.publish({ codec: "mjpeg", data, keyframe: true, receivedAtMs: systemClock.now() });
          // Where this process was put aside, the picture before may still be under way: this one is tried again.
          if (running.output.stats().droppedUnits === leftOut) next += 1;
        });
      });
      const last = md5(pictures.at(-1) as Buffer);
      await vi.waitUntil(() => told.slice(from).some(({ hash }) => hash === last), PATIENCE);
      return told.slice(from);
    };
    return { running, play };
  }

  it("none of 1 byte to 300 kB is lost with the buffer that the system gives by itself", async ({ onTestFinished }) => {
    const { running, play } = await serve([], onTestFinished);
    const pictures = [...SIZES, ...LARGEST, 1].map((size) => randomBytes(size));
    const expected = pictures.map((data) => ({ hash: md5(data), shape: [data.length] }));
    let told: ToldFrame[] = [];
    for (let round = 0; round < ROUNDS && told.length < pictures.length; round++) told = await play(pictures);
    expect(told.map(({ hash, shape }) => ({ hash, shape }))).toEqual(expected);
    expect(told.every(({ type, exact }) => type === "uint8" && exact)).toBe(true);
    expect(running.failures).toEqual([]);
  });

  it.for([
    ["pickles", []],
    ["plain JPEGs", ["REGISTER_CLIENT jpeg"]],
  ] as const)("OpenCV sees the pictures in %s", async ([, words], { onTestFinished }) => {
    const { play } = await serve(words, onTestFinished);
    const jpegs = await makeJpegs({ width: 640, height: 480, frames: 5 });
    const told = await play(jpegs);
    expect(told.map(({ hash }) => hash)).toEqual(jpegs.map(md5));
    expect(told.map(({ picture }) => picture)).toEqual(jpegs.map(() => [480, 640, 3]));
  });
});

describePeers("chunked UDP and servers in Python", NEEDS, () => {
  it.concurrent.for([["4"], ["8"]])(
    "numbers of %s bytes, pickles of every protocol, shapes (n,) and (n, 1), plain JPEGs: every picture",
    async ([long = ""], { onTestFinished }) => {
      const folder = await peerFolder(onTestFinished);
      const jpegs = await makeJpegs({ ...PICTURE, frames: SERVED });
      const paths = jpegs.map((_, index) => join(folder, `${index}.jpg`));
      await Promise.all(jpegs.map((data, index) => writeFile(paths[index] as string, data)));
      const server = startPeer(PYTHON, [SERVER, long, String(FPS), ...paths], onTestFinished);
      const lines: string[] = [];
      createInterface(server.stdout).on("line", (line) => lines.push(line));
      await vi.waitUntil(() => lines.length > 0, PATIENCE);
      const receiver = new Receiver(`chunked-udp://127.0.0.1:${lines[0]}`, { decode: false });
      onTestFinished(() => receiver.close());
      const numbers: number[] = [];
      for await (const { data } of receiver.accessUnits()) {
        numbers.push(jpegs.findIndex((jpeg) => jpeg.equals(data)));
        if (numbers.length === WAYS * SERVED) break;
      }
      expectEveryNumber(numbers, SERVED);
      expect(receiver.stats().lost).toBe(0);
      await receiver.close();
      await vi.waitUntil(() => lines.includes("DISCONNECT"), PATIENCE);
    },
  );
});
