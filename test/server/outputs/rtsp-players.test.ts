import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { describe, expect, it, type TestContext } from "vitest";
import type { Codec } from "../../../lib/codecs/access-unit.js";
import { readFrameCounter } from "../../../server/cameras/frame-counter.js";
import type { Output } from "../../../server/outputs/output.js";
import { Sender } from "../../../server/sender.js";
import { jpegUnits, makeJpegs } from "../../support/make-jpegs.js";
import { makeStream } from "../../support/make-stream.js";
import { expectEveryNumber, PICTURE, readPictures } from "../../support/peer-pictures.js";
import { TapeCamera } from "../../support/tape-camera.js";
import { unitsOf } from "../../support/units-of.js";

const { width, height, fps, gop } = PICTURE;
const TAPE = 60;
const SHOWN = 24;

async function unitsOfTape(codec: Codec & ("h264" | "h265" | "mjpeg")) {
  if (codec === "mjpeg") return jpegUnits(await makeJpegs({ width, height, frames: TAPE }));
  return unitsOf(await makeStream({ codec, width, height, fps, gop, frames: TAPE }), codec);
}

/** What ffmpeg shows of it: the numbers in its pictures. */
async function numbersBy(ffmpeg: ChildProcess): Promise<(number | undefined)[]> {
  const numbers: (number | undefined)[] = [];
  for await (const picture of readPictures(ffmpeg.stdout as Readable, width * height * 3)) {
    if (numbers.push(readFrameCounter(picture, width, height, 3)) === SHOWN) break;
  }
  return numbers;
}

function play(url: string, transport: string, { onTestFinished: finished }: TestContext): ChildProcess {
  const input = ["-v", "error", "-rtsp_transport", transport, "-i", url, "-fps_mode", "passthrough"];
  const args = [...input, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
  const ffmpeg = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "ignore"] });
  finished(async () => {
    ffmpeg.kill();
    ffmpeg.stdout?.destroy();
    if (ffmpeg.exitCode === null) await once(ffmpeg, "close");
  });
  return ffmpeg;
}

describe("ffmpeg shows every picture of an RTSP output", () => {
  it.for([
    ["h264", "tcp", ""],
    ["h264", "udp", ""],
    ["h264", "udp_multicast", ""],
    ["h264", "tcp", "&aud=1"],
    ["h265", "udp", "&join=keyframe"],
    ["mjpeg", "udp", ""],
  ] as const)("%s over %s%s", async ([codec, transport, parameters], context) => {
    const camera = new TapeCamera(await unitsOfTape(codec), fps);
    // No picture is to be left out because ffmpeg gets no turn on a busy machine.
    const output = `rtsp://me:secret@127.0.0.1:0/stream?ttl=1&maxBacklogMs=10000${parameters}`;
    await using sender = new Sender({ camera, outputs: [output] });
    await sender.ready;
    const [{ url: bare }] = sender.outputs as [Output];
    const url = bare.replace("//", "//me:secret@");
    const numbers = await numbersBy(play(url, transport, context));
    expectEveryNumber(numbers, TAPE);
    if (codec !== "mjpeg") expect((numbers[0] as number) % gop).toBe(0);
    expect(sender.stats().outputs[0]).toMatchObject({ clients: 1, droppedUnits: 0, sendErrors: 0 });
  });
});
