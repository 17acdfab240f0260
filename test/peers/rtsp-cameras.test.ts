import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { GST_RTSP_SERVER, startGstRtspServer } from "../support/gst-rtsp-server.js";
import { makeJpegs } from "../support/make-jpegs.js";
import { peerFolder } from "../support/peer-folder.js";
import { PICTURE } from "../support/peer-pictures.js";
import { freeTcpPort } from "../support/peer-ports.js";
import { describePeers } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { sharedTapes, type Tape } from "../support/peer-tape.js";
import { startVlc, VLC_PROGRAMS } from "../support/peer-vlc.js";
import { ReceivedFrames } from "../support/received-frames.js";

const FRAMES = 45;
/** Where in a group of pictures the second client comes. */
const MIDDLE = 7;
const { gop } = PICTURE;

const tapeOf = await sharedTapes();

/** Every picture from a keyframe on comes, and comes whole. */
async function expectPictures(frames: ReceivedFrames, { hashes }: Tape): Promise<void> {
  await frames.given(FRAMES);
  frames.expectWhole(hashes);
  expect((frames.all[0]?.number ?? -1) % gop).toBe(0);
  const { lost, restarts } = frames.receiver.stats();
  expect({ lost, restarts }).toEqual({ lost: 0, restarts: {} });
}

describePeers("what gst-rtsp-server serves", ["ffmpeg", ...GST_RTSP_SERVER], () => {
  it.concurrent.for([
    ["h264", "udp"],
    ["h264", "tcp"],
    ["h265", "udp"],
    ["h265", "tcp"],
  ] as const)("%s over %s", async ([codec, transport], { onTestFinished: finished }) => {
    const tape = await tapeOf(codec);
    const { port } = await startGstRtspServer([codec, "--play", tape.rawPath], finished);
    const frames = new ReceivedFrames(`rtsp://127.0.0.1:${port}/stream?transport=${transport}`, finished);
    await expectPictures(frames, tape);
  });

  it.concurrent.for(["udp", "tcp"])("jpeg over %s", async (transport, { onTestFinished: finished }) => {
    const path = `${await peerFolder(finished)}/tape.mjpeg`;
    await writeFile(path, await makeJpegs({ ...PICTURE, frames: TAPE_LENGTH }));
    const { port } = await startGstRtspServer(["jpeg", "--play", path], finished);
    const frames = new ReceivedFrames(`rtsp://127.0.0.1:${port}/stream?transport=${transport}`, finished);
    await frames.given(FRAMES);
    frames.expectInOrder(TAPE_LENGTH);
    expect(frames.receiver.stats()).toMatchObject({ codec: "mjpeg", lost: 0, restarts: {} });
  });

  it.concurrent.for(["udp", "tcp"])("%s only, unasked", async (transport, { onTestFinished: finished }) => {
    const tape = await tapeOf("h264");
    const args = ["h264", "--play", tape.rawPath, "--transport", transport];
    const { port } = await startGstRtspServer(args, finished);
    await expectPictures(new ReceivedFrames(`rtsp://127.0.0.1:${port}/stream`, finished), tape);
  });

  it.concurrent("a second client in the middle of a group of pictures", async ({ onTestFinished: finished }) => {
    const tape = await tapeOf("h264");
    const { port } = await startGstRtspServer(["h264", "--play", tape.rawPath], finished);
    const url = `rtsp://127.0.0.1:${port}/stream`;
    const first = new ReceivedFrames(url, finished);
    await first.given(gop);
    await first.until(() => (first.all.at(-1)?.number ?? 0) % gop === MIDDLE);
    await expectPictures(new ReceivedFrames(url, finished), tape);
    await expectPictures(first, tape);
  });

  it.concurrent.for([
    ["digest", "udp"],
    ["digest", "tcp"],
    ["basic", "udp"],
    ["basic", "tcp"],
  ])("with a password by %s, over %s", async ([auth, transport], { onTestFinished: finished }) => {
    const tape = await tapeOf("h264");
    const args = ["h264", "--play", tape.rawPath, "--user", "me:p@ss:word", "--auth", auth as string];
    const { port } = await startGstRtspServer(args, finished);
    const url = `rtsp://me:p@ss:word@127.0.0.1:${port}/stream?transport=${transport}`;
    await expectPictures(new ReceivedFrames(url, finished), tape);
  });
});

describePeers("what VLC serves by RTSP", ["ffmpeg", ...VLC_PROGRAMS], () => {
  it.concurrent.for(["?transport=udp", ""])("at /stream%s", async (query, { onTestFinished: finished }) => {
    const tape = await tapeOf("h264");
    const port = await freeTcpPort();
    const output = `#rtp{sdp=rtsp://127.0.0.1:${port}/stream}`;
    await startVlc(["--loop", tape.path, "--sout", output, "--sout-keep"], finished);
    const frames = new ReceivedFrames(`rtsp://127.0.0.1:${port}/stream${query}`, finished);
    await frames.given(FRAMES);
    frames.expectWhole(tape.hashes);
  });
});
