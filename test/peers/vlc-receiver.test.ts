import { readFile, stat } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { peerFolder } from "../support/peer-folder.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";
import { PEER_STREAMS, type PeerStreamName, serve } from "../support/peer-streams.js";
import { startVlc, VLC_PROGRAMS } from "../support/peer-vlc.js";

const PICTURES = 90;
const { width, height, gop } = PICTURE;
const PIXELS = (width * height * 3) / 2;
const MARK = "FRAME\n";
// Debian's VLC is built without the library that it needs for RTP.
const STREAMS = (Object.keys(PEER_STREAMS) as PeerStreamName[]).filter(
  (name) => PEER_STREAMS[name].transport !== "rtp",
);

/** Runs VLC, without a window, until it has shown so many pictures; resolves with all that it wrote of them. */
async function show(options: string[], finished: Finished): Promise<Buffer> {
  const path = `${await peerFolder(finished)}/pictures`;
  const screen = ["--vout=yuv", "--yuv-chroma=I420", `--yuv-file=${path}`, "--no-video-title-show"];
  await startVlc(["--avcodec-hw=none", ...screen, ...options], finished);
  const written = async (): Promise<number> => (await stat(path)).size;
  await vi.waitFor(async () => expect(await written()).toBeGreaterThan(PICTURES * PIXELS), { timeout: 20_000 });
  return readFile(path);
}

/** Numbers of the pictures in such a file: a line of text, then each picture's pixels behind a mark. */
function numbersIn(file: Buffer): (number | undefined)[] {
  const numbers: (number | undefined)[] = [];
  for (let at = file.indexOf(MARK) + MARK.length; at + PIXELS <= file.length; at += PIXELS + MARK.length) {
    numbers.push(readFrameCounter(file.subarray(at, at + PIXELS), width, height, 1));
  }
  return numbers.slice(numbers.findIndex((number) => number !== undefined && number % gop === 0));
}

/** It keeps its own time: the first picture stays for a while, and some may be passed over or shown twice. */
function expectPictures(numbers: readonly (number | undefined)[]): void {
  const steps = numbers
    .slice(1)
    .map((number, index) => (Number(number) - Number(numbers[index]) + TAPE_LENGTH) % TAPE_LENGTH);
  expect(numbers).not.toContain(undefined);
  // On a busy machine a whole group of pictures may be passed over, for the player or by it.
  expect(Math.max(...steps)).toBeLessThan(4 * gop);
  expect(new Set(numbers).size).toBeGreaterThan(PICTURES / 2);
}

describePeers("VLC shows what a Sender sends", VLC_PROGRAMS, () => {
  it.concurrent.for(STREAMS)("%s", async (stream, { onTestFinished: finished }) => {
    const { codec, transport } = PEER_STREAMS[stream];
    const demuxer = transport === "ts" ? [] : [`--demux=${codec === "h265" ? "hevc" : "h264"}`];
    const url = (await serve(stream, finished)).replace("udp://", "udp://@");
    expectPictures(numbersIn(await show([...demuxer, url], finished)));
  });

  // Without that library it takes every RTSP server for one of SAT>IP, and is sent MPEG-TS.
  it.concurrent.for(["h264", "h265"] as const)("%s over RTSP", async (codec, { onTestFinished: finished }) => {
    const { url } = await sendTape("rtsp://127.0.0.1:0/stream", codec, finished);
    expectPictures(numbersIn(await show([url], finished)));
  });
});
