import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { Sender } from "../../server/index.js";
import { makeStream } from "./make-stream.js";
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
export async function sendTape(output: string, codec: NalCodecName, finished: Finished): Promise<TapeSender> {
  const stream = await makeStream({ codec, ...PICTURE, frames: TAPE_LENGTH });
  const camera = new TapeCamera(unitsOf(stream, codec), PICTURE.fps);
  const sender = new Sender({ camera, outputs: [output] });
  finished(() => sender.close());
  await sender.ready;
  const url = sender.outputs[0]?.url as string;
  return { camera, url, port: Number(/:(\d+)$/.exec(url)?.[1]) };
}
