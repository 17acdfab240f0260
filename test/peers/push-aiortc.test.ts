import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { Sender } from "../../server/index.js";
import { freePort } from "../support/free-port.js";
import { expectEveryNumber, firstNumbers, PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";
import { TAPE_LENGTH, tapeUnits } from "../support/peer-sender.js";
import { TapeCamera } from "../support/tape-camera.js";

const SCRIPT = fileURLToPath(new URL("aiortc_server.py", import.meta.url));
const NEEDS = ["ffmpeg", PYTHON, ...["aiortc", "socketio", "aiohttp"].map((name) => pythonModule(name))];
const OUTPUTS = {
  "socket.io": (port: number) => `webrtc+http://127.0.0.1:${port}/stream?camera=left`,
  WHIP: (port: number) => `whip+http://127.0.0.1:${port}/whip/left`,
} as const;

async function startSender(output: string, codec: "h264" | "vp8", finished: Finished): Promise<Sender> {
  const sender = new Sender({ camera: new TapeCamera(await tapeUnits(codec), PICTURE.fps), outputs: [output] });
  finished(() => sender.close());
  return sender;
}

async function says(peer: ChildProcess, line: string): Promise<void> {
  await vi.waitUntil(() => peer.stderrTail().includes(line), { timeout: 20_000, interval: 20 });
}

describePeers("a sender pushes to a server made with aiortc", NEEDS, () => {
  it.each([
    ["socket.io", "h264"],
    ["socket.io", "vp8"],
    ["WHIP", "h264"],
    ["WHIP", "vp8"],
  ] as const)("by %s, %s: every picture", async (way, codec) => {
    const finished: Finished = onTestFinished;
    const port = await freePort();
    const peer = startPeer(PYTHON, [SCRIPT, String(port)], finished);
    const sender = await startSender(OUTPUTS[way](port), codec, finished);
    expectEveryNumber(await firstNumbers(peer, 90), TAPE_LENGTH);
    expect(sender.outputs[0]?.stats().clients).toBe(1);
    peer.stdout.resume();
    await sender.close();
    await says(peer, "bye left");
  });

  it("that answers late", async ({ onTestFinished: finished }) => {
    const port = await freePort();
    const peer = startPeer(PYTHON, [SCRIPT, String(port), "2"], finished);
    const sender = await startSender(OUTPUTS["socket.io"](port), "h264", finished);
    expectEveryNumber(await firstNumbers(peer, 30), TAPE_LENGTH);
    expect(sender.outputs[0]?.stats().clients).toBe(1);
    peer.stdout.resume();
    await says(peer, "candidate");
  });

  it("that dies and is started again", async ({ onTestFinished: finished }) => {
    const port = await freePort();
    const first = startPeer(PYTHON, [SCRIPT, String(port)], finished);
    const sender = await startSender(OUTPUTS["socket.io"](port), "h264", finished);
    await firstNumbers(first, 1);
    process.kill(first.pid as number, "SIGKILL");
    await first.exited;
    const second = startPeer(PYTHON, [SCRIPT, String(port)], finished);
    expectEveryNumber(await firstNumbers(second, 30), TAPE_LENGTH);
    expect(sender.state.name).toBe("streaming");
  });
});
