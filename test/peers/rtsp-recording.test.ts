import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { peerFolder } from "../support/peer-folder.js";
import { expectEveryNumber, PICTURE } from "../support/peer-pictures.js";
import { describePeers } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";

const run = promisify(execFile);

const PICTURES = 75;
const { width, height } = PICTURE;
const PIXELS = width * height * 3;

/** The numbers of all pictures in a file, and what ffmpeg says against it. */
async function play(path: string): Promise<{ numbers: (number | undefined)[]; complaints: string }> {
  // In ticks of its frame rate two pictures that came soon after each other would have the same time.
  const exactTimes = ["-fps_mode", "passthrough", "-enc_time_base", "1/1000000"];
  const toPixels = [...exactTimes, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
  const { stdout, stderr } = await run("ffmpeg", ["-v", "error", "-i", path, ...toPixels], {
    encoding: "buffer",
    maxBuffer: 2 * PICTURES * PIXELS,
  });
  const numbers = Array.from({ length: stdout.length / PIXELS }, (_, index) =>
    readFrameCounter(stdout.subarray(index * PIXELS), width, height),
  );
  return { numbers, complaints: stderr.toString() };
}

describePeers("ffmpeg records an RTSP output as it is", ["ffmpeg"], () => {
  it.concurrent.for([
    ["h264", "udp", "mp4"],
    ["h264", "udp", "mkv"],
    ["h264", "tcp", "mp4"],
    ["h264", "tcp", "mkv"],
    ["h265", "udp", "mkv"],
    ["h265", "tcp", "mp4"],
    ["mjpeg", "tcp", "mkv"],
  ] as const)("%s over %s into .%s, and it plays whole", async ([codec, transport, container], { onTestFinished }) => {
    const path = `${await peerFolder(onTestFinished)}/recording.${container}`;
    // Every picture, however busy the machine is.
    const { url } = await sendTape("rtsp://127.0.0.1:0/stream?maxBacklogMs=30000", codec, onTestFinished);
    const input = ["-v", "error", "-rtsp_transport", transport, "-i", url];
    const { stderr } = await run("ffmpeg", [...input, "-c", "copy", "-frames:v", String(PICTURES), path]);
    expect(stderr).toBe("");

    const { numbers, complaints } = await play(path);
    expect(complaints).toBe("");
    expect(numbers).toHaveLength(PICTURES);
    expectEveryNumber(numbers, TAPE_LENGTH);
  });
});
