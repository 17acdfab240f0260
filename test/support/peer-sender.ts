import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { Sender } from "../../server/index.js";
import { jpegUnits, makeJpegs } from "./make-jpegs.js";
import { makeStream } from "./make-stream.js";
import { makeVp8 } from "./make-vp8.js";
import { PICTURE } from "./peer-pictures.js";
import type { Finished } from "./peer-program.js";
import { TapeCamera } from "./tape-camera.js";
import { unitsOf } from "./units-of.js";

/** Pictures on the tape; it starts again behind the last. */
export const TAPE_LENGTH = 300;

/** A sender of numbered pictures. */
export interface TapeSender {
  camera: TapeCamera;
  /** Of its first output, with the real port. */
  url: string;
  port: number;
}

/** Sends numbered pictures to such an output until the test is over. */
export async function sendTape(output: string, codec: RtpCodecName, finished: Finished): Promise<TapeSender> {
  const camera = new TapeCamera(await tapeUnits(codec), PICTURE.fps);
  const sender = new Sender({ camera, outputs: [output] });
  finished(() => sender.close());
  await sender.ready;
  const url = sender.outputs[0]?.url as string;
  return { camera, url, port: Number(new URL(url).port) };
}

/** What is on the tape. */
export async function tapeUnits(codec: RtpCodecName): Promise<AccessUnit[]> {
  const options = { ...PICTURE, frames: TAPE_LENGTH };
  if (codec === "mjpeg") return jpegUnits(await makeJpegs(options));
  if (codec === "vp8") return makeVp8(options);
  return unitsOf(await makeStream({ codec, ...options }), codec);
}
