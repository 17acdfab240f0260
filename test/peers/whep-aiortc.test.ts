import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { firstNumbers, PICTURE } from "../support/peer-pictures.js";
import { describePeers, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { playWhepTape } from "../support/whep-tape.js";

const SCRIPT = fileURLToPath(new URL("aiortc_pictures.py", import.meta.url));

describePeers("aiortc shows a camera by WHEP", ["ffmpeg", PYTHON, pythonModule("aiortc")], () => {
  it.for(["h264", "vp8"] as const)(
    "%s, every picture, from the keyframe before it came",
    async (codec, { onTestFinished: finished }) => {
      const { stage, camera } = await playWhepTape({ codec }, finished);
      const peer = startPeer(PYTHON, [SCRIPT, `${stage.origin}/whep/left`], finished);
      const numbers = await firstNumbers(peer, 60);
      const first = numbers[0] as number;
      expect(first % PICTURE.gop).toBe(0);
      expect(numbers).toEqual(numbers.map((_, index) => (first + index) % TAPE_LENGTH));
      expect(camera.viewers).toBe(1);
    },
  );

  it("until it ends its session", async ({ onTestFinished: finished }) => {
    const { stage, camera } = await playWhepTape({}, finished);
    const peer = startPeer(PYTHON, [SCRIPT, `${stage.origin}/whep`, "30"], finished);
    peer.stdout.resume();
    const { code } = await peer.exited;
    expect([peer.stderrTail().at(-1), code, camera.viewers]).toEqual(["200", 0, 0]);
  });
});
