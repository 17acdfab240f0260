import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { playMjpegTape } from "../support/mjpeg-tape.js";
import { peerFolder } from "../support/peer-folder.js";
import { firstNumbers, PICTURE } from "../support/peer-pictures.js";
import {
  describePeers,
  type Finished,
  gstreamerElement,
  type PeerNeed,
  PYTHON,
  pythonModule,
  startGStreamer,
  startPeer,
} from "../support/peer-program.js";
import { TAPE_LENGTH, tapeUnits } from "../support/peer-sender.js";
import { startVlc, VLC_PROGRAMS } from "../support/peer-vlc.js";

const PICTURES = 30;
const CODECS = ["mjpeg", "h264"] as const;
const OPENCV = fileURLToPath(new URL("./opencv_pictures.py", import.meta.url));

const PIXELS = (PICTURE.width * PICTURE.height * 3) / 2;
const MARK = "FRAME\n";
const PATIENCE = { timeout: 30_000 };

interface Player {
  needs: readonly (string | PeerNeed)[];
  /** Starts a program that writes what it plays to its stdout, as rgb24 or bgr24. */
  start(url: string, finished: Finished): ChildProcess;
}

const PLAYERS: Record<string, Player> = {
  ffmpeg: {
    needs: ["ffmpeg"],
    start(url, finished) {
      const pixels = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1"];
      return startPeer("ffmpeg", ["-v", "error", "-i", url, ...pixels], finished);
    },
  },
  GStreamer: {
    needs: ["gst-launch-1.0", gstreamerElement("souphttpsrc"), gstreamerElement("multipartdemux")],
    start(url, finished) {
      const pixels = "videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false";
      return startGStreamer(
        `souphttpsrc location=${url} is-live=true ! multipartdemux ! jpegdec ! ${pixels}`,
        finished,
      );
    },
  },
  "OpenCV's VideoCapture": {
    needs: [PYTHON, pythonModule("cv2")],
    start: (url, finished) => startPeer(PYTHON, [OPENCV, url], finished),
  },
  mpv: {
    needs: ["mpv"],
    start(url, finished) {
      const toPixels = ["--vf=format=rgb24", "--of=rawvideo", "--ovc=rawvideo", "--o=pipe:1"];
      return startPeer("mpv", ["--no-config", "--really-quiet", "--no-audio", ...toPixels, url], finished);
    },
  },
};

/** Serves numbered pictures until the test is over. */
async function serve(codec: (typeof CODECS)[number], finished: Finished): Promise<string> {
  const { stage } = await playMjpegTape(await tapeUnits(codec), { fps: PICTURE.fps }, finished);
  return `${stage.origin}/stream.mjpg`;
}

/** Numbers of the pictures in a file of VLC's: a line of text, then each picture as yuv420p behind a mark. */
function numbersIn(file: Buffer): (number | undefined)[] {
  const numbers: (number | undefined)[] = [];
  for (let at = file.indexOf(MARK) + MARK.length; at + PIXELS <= file.length; at += PIXELS + MARK.length) {
    numbers.push(readFrameCounter(file.subarray(at, at + PIXELS), PICTURE.width, PICTURE.height, 1));
  }
  return numbers;
}

for (const [name, { needs, start }] of Object.entries(PLAYERS)) {
  describePeers(`${name} plays /stream.mjpg`, ["ffmpeg", ...needs], () => {
    it.concurrent.for(CODECS)("%s", async (codec, { onTestFinished: finished }) => {
      const player = start(await serve(codec, finished), finished);
      const numbers = await firstNumbers(player, PICTURES);
      expect(numbers).not.toContain(undefined);
      // Who is kept waiting on a busy machine goes on with the newest.
      const steps = numbers
        .slice(1)
        .map((number, index) => (Number(number) - Number(numbers[index]) + TAPE_LENGTH) % TAPE_LENGTH);
      expect(steps.filter((step) => !(step >= 1 && step < TAPE_LENGTH / 4))).toEqual([]);
    });
  });
}

describePeers("VLC plays /stream.mjpg", ["ffmpeg", ...VLC_PROGRAMS], () => {
  it.concurrent.for(CODECS)("%s", async (codec, { onTestFinished: finished }) => {
    const path = `${await peerFolder(finished)}/pictures`;
    const screen = ["--vout=yuv", "--yuv-chroma=I420", `--yuv-file=${path}`, "--no-video-title-show"];
    await startVlc(["--avcodec-hw=none", ...screen, await serve(codec, finished)], finished);
    // It shows the first one for a while, and keeps its own time.
    const numbers = await vi.waitFor(async () => {
      const shown = numbersIn(await readFile(path));
      expect(new Set(shown).size).toBeGreaterThan(PICTURES / 2);
      return shown;
    }, PATIENCE);
    expect(numbers).not.toContain(undefined);
  });
});
