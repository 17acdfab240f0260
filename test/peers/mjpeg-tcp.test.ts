import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSource } from "../../lib/sources/index.js";
import { makeJpegs } from "../support/make-jpegs.js";
import { peerFolder } from "../support/peer-folder.js";
import { firstNumbers, PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";
import { ReceivedFrames } from "../support/received-frames.js";
import { runSource, sourceContext } from "../support/run-source.js";

const PICTURES = 30;
const SIZE = { width: PICTURE.width, height: PICTURE.height };
const NEEDS = ["ffmpeg", PYTHON, pythonModule("cv2"), pythonModule("numpy")];
const PROTOCOLS = [2, 3, 4, 5];
/** Of Python's struct: what a 64-bit system takes for a long, and what others do. */
const LENGTH_FORMATS = ["L", "=L"];
const WAYS = LENGTH_FORMATS.flatMap((format) => PROTOCOLS.map((protocol) => `${format}:${protocol}`));

describePeers("a client in Python, with struct, pickle and OpenCV, shows what a Sender sends", NEEDS, () => {
  it.concurrent.for([
    ["a camera of MJPEG, as it is", "mjpeg", "", ["L", "pickle"]],
    ["a camera of MJPEG, with lengths of 4 bytes", "mjpeg", "?length=4", ["=L", "pickle"]],
    ["a camera of MJPEG, without pickle", "mjpeg", "?payload=jpeg", ["L", "jpeg"]],
    ["a camera of H.264", "h264", "", ["L", "pickle"]],
  ] as const)("%s", async ([, codec, query, reading], { onTestFinished: finished }) => {
    const { port } = await sendTape(`mjpeg-tcp://127.0.0.1:0${query}`, codec, finished);
    const client = startPeer(PYTHON, [script("mjpeg_tcp_client.py"), "127.0.0.1", String(port), ...reading], finished);
    expectInOrder(await firstNumbers(client, PICTURES));
  });
});

describePeers("a Receiver shows what a Sender sends by MJPEG over TCP", ["ffmpeg"], () => {
  it("picture by picture", async ({ onTestFinished: finished }) => {
    const { url } = await sendTape("mjpeg-tcp://127.0.0.1:0", "mjpeg", finished);
    const frames = new ReceivedFrames(url, finished);
    await frames.given(PICTURES);
    frames.expectInOrder(TAPE_LENGTH);
    expect(frames.receiver.stats()).toMatchObject({ codec: "mjpeg", lost: 0, ...SIZE });
  });
});

describePeers("a source takes what a server in Python sends", NEEDS, () => {
  it("pickles of every protocol behind lengths of 8 and of 4 bytes, byte for byte", async ({ onTestFinished }) => {
    const { port, folder } = await startServer(onTestFinished);
    for (const way of WAYS) {
      const run = await runSource(openSource(`mjpeg-tcp://127.0.0.1:${port}`, sourceContext()));
      expect(run.error).toMatchObject({ code: "stream-ended" });
      expect([way, run.units.length, run.lost]).toEqual([way, PICTURES, 0]);
      const sent = await Promise.all(run.units.map((_, index) => readFile(`${folder}/${nameOf(index)}.sent`)));
      expect(run.units.filter(({ data }, index) => !data.equals(sent[index] as Buffer))).toEqual([]);
    }
  });
});

/** A server in Python that sends numbered pictures to each client in the next of the ways. */
async function startServer(finished: Finished): Promise<{ port: number; folder: string }> {
  const folder = await peerFolder(finished);
  const jpegs = await makeJpegs({ ...SIZE, frames: PICTURES });
  await Promise.all(jpegs.map((jpeg, index) => writeFile(`${folder}/${nameOf(index)}.jpg`, jpeg)));
  const server = startPeer(PYTHON, [script("mjpeg_tcp_server.py"), folder, ...WAYS], finished);
  for await (const line of server.stdout) return { port: Number(line), folder };
  throw server.failure(await server.exited);
}

function nameOf(index: number): string {
  return String(index).padStart(3, "0");
}

/** Who is kept waiting on a busy machine goes on with the newest. */
function expectInOrder(numbers: readonly (number | undefined)[]): void {
  expect(numbers).not.toContain(undefined);
  const steps = numbers
    .slice(1)
    .map((number, index) => (Number(number) - Number(numbers[index]) + TAPE_LENGTH) % TAPE_LENGTH);
  expect(steps.filter((step) => !(step >= 1 && step < TAPE_LENGTH / 4))).toEqual([]);
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
