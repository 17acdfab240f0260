import { fileURLToPath } from "node:url";
import { it } from "vitest";
import { expectEveryNumber, firstNumbers } from "../support/peer-pictures.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { PEER_STREAMS, type PeerStreamName, serve } from "../support/peer-streams.js";

const PICTURES = 45;
const RGB24 = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1"];
const LOW_LATENCY = ["-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0"];
const SDP = "protocol_whitelist;file,udp,rtp";
const ALL = Object.keys(PEER_STREAMS) as PeerStreamName[];
const NOT_RTP = ALL.filter((name) => PEER_STREAMS[name].transport !== "rtp");

/** Runs a program that writes what it sees to stdout: every picture from the first keyframe on must be there. */
async function expectPictures([command = "", ...args]: string[], finished: Finished): Promise<void> {
  expectEveryNumber(await firstNumbers(startPeer(command, args, finished), PICTURES), TAPE_LENGTH);
}

describePeers("ffmpeg shows what a Sender sends", ["ffmpeg"], () => {
  it.concurrent.for(ALL)("%s", async (stream, { onTestFinished: finished }) => {
    const input = ["-protocol_whitelist", "file,tcp,udp,rtp", "-i", await serve(stream, finished)];
    await expectPictures(["ffmpeg", "-v", "error", ...input, ...RGB24], finished);
  });

  it.concurrent.for(NOT_RTP)("%s, with the usual flags for low latency", async (stream, { onTestFinished }) => {
    const input = [...LOW_LATENCY, "-i", await serve(stream, onTestFinished)];
    await expectPictures(["ffmpeg", "-v", "error", ...input, ...RGB24], onTestFinished);
  });
});

describePeers("OpenCV's VideoCapture shows what a Sender sends", [PYTHON, pythonModule("cv2")], () => {
  it.concurrent.for(ALL)("%s", async (stream, { onTestFinished: finished }) => {
    const python = [PYTHON, scriptPath("opencv_pictures.py"), await serve(stream, finished)];
    const { transport } = PEER_STREAMS[stream];
    const environment = transport === "rtp" ? [`OPENCV_FFMPEG_CAPTURE_OPTIONS=${SDP}`] : [];
    await expectPictures(["env", ...environment, ...python], finished);
  });
});

describePeers("PyAV shows what a Sender sends", [PYTHON, pythonModule("av")], () => {
  it.concurrent.for(ALL)("%s", async (stream, { onTestFinished: finished }) => {
    const options = ["protocol_whitelist=file,tcp,udp,rtp"];
    await expectPictures([PYTHON, scriptPath("pyav_pictures.py"), await serve(stream, finished), ...options], finished);
  });
});

describePeers("mpv shows what a Sender sends", ["mpv"], () => {
  const toPixels = ["--vf=format=rgb24", "--of=rawvideo", "--ovc=rawvideo", "--o=pipe:1"];
  it.concurrent.for(NOT_RTP)("%s", async (stream, { onTestFinished: finished }) => {
    const player = ["mpv", "--no-config", "--really-quiet", "--no-audio", ...toPixels];
    await expectPictures([...player, await serve(stream, finished)], finished);
  });
});

function scriptPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
