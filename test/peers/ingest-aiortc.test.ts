import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { expectForward, GatewayFrames } from "../support/gateway-frames.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { sharedTapes } from "../support/peer-tape.js";

const SCRIPT = fileURLToPath(new URL("aiortc_camera.py", import.meta.url));
const NEEDS = ["ffmpeg", PYTHON, ...["aiortc", "socketio", "aiohttp"].map((name) => pythonModule(name))];

describePeers("aiortc pushes cameras into a gateway", NEEDS, async () => {
  const tapes = await sharedTapes();

  /** A program with cameras that all play the same numbered pictures. */
  async function push(
    { origin }: GatewayFrames,
    { ids, codec = "all", token = "" }: { ids: readonly string[]; codec?: string; token?: string },
    finished: Finished,
  ): Promise<ChildProcess> {
    const { path } = await tapes("h264");
    const peer = startPeer(PYTHON, [SCRIPT, origin, token, codec, ...ids.map((id) => `${id}=${path}`)], finished);
    peer.stdout.resume();
    return peer;
  }

  /** The last line that begins so. */
  const said = (peer: ChildProcess, word: string) =>
    peer
      .stderrTail()
      .findLast((line) => line.startsWith(`${word} `))
      ?.slice(word.length + 1);

  it.each(["h264", "vp8"])("with %s, two in one program, each picture in turn", async (codec) => {
    const finished: Finished = onTestFinished;
    const frames = await GatewayFrames.start(finished);
    const peer = await push(frames, { ids: ["left", "right"], codec }, finished);
    const [left, right] = await Promise.all([frames.next("left", 90), frames.next("right", 90)]);
    expectForward(left, TAPE_LENGTH);
    expectForward(right, TAPE_LENGTH);
    peer.stdin.write("stats\n");
    await frames.until(() => said(peer, "stats"));
    const figures = { state: "open", codec, width: 320, height: 240 };
    expect(JSON.parse(said(peer, "stats") ?? "")).toMatchObject({
      cameras: [
        { cameraId: "left", ...figures },
        { cameraId: "right", ...figures },
      ],
    });
  });

  it("and is asked for H.264, although it would rather give VP8", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished);
    await push(frames, { ids: ["left"] }, finished);
    await frames.next("left", 10);
    expect(frames.gateway.stats().cameras.left?.receiver.codec).toBe("h264");
  });

  it("and takes its own place without a gap when it offers anew", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished);
    const peer = await push(frames, { ids: ["left"] }, finished);
    await frames.next("left", 30);
    const before = performance.now();
    let last = before;
    let longest = 0;
    frames.gateway.cameras.get("left")?.on("frame", () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    });
    peer.stdin.write("offer left\n");
    await frames.until(() => frames.logger.lines.includes("info session of a camera ended: another took its place"));
    await frames.next("left", 30);
    expect(frames.gateway.cameras.get("left")?.stats().restarts).toEqual({});
    expect(longest).toBeLessThan(1_000);
    expect(said(peer, "error")).toBeUndefined();
  });

  it("until it takes one away, or is gone", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished);
    const peer = await push(frames, { ids: ["left", "right"] }, finished);
    await Promise.all([frames.next("left", 10), frames.next("right", 10)]);
    peer.stdin.write("leave left\n");
    await frames.until(() => frames.gateway.cameras.get("left")?.state.name === "reconnecting");
    await frames.next("right", 10);
    peer.stdin.end();
    await frames.until(() => frames.gateway.cameras.get("right")?.state.name === "reconnecting");
    expect((await peer.exited).code).toBe(0);
  });

  it("with the token, which it needs", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished, { token: "open-sesame" });
    const refused = await push(frames, { ids: ["left"], token: "sesame" }, finished);
    expect((await refused.exited).code).not.toBe(0);
    expect(said(refused, "refused")).toContain("the token is wrong; it goes into auth");
    await push(frames, { ids: ["left"], token: "open-sesame" }, finished);
    await frames.next("left", 10);
  });
});
