import { systemClock } from "../../lib/clock.js";
import type { WebCamera } from "../../server/web/web-camera.js";
import type { PeerCodec } from "../../server/webrtc/peer-codec.js";
import { WhepStage } from "../server/web/support/whep-stage.js";
import { PICTURE } from "./peer-pictures.js";
import type { Finished } from "./peer-program.js";
import { tapeUnits } from "./peer-sender.js";
import { TapeCamera } from "./tape-camera.js";

/** A camera of numbered pictures behind WHEP. */
export interface WhepTape {
  stage: WhepStage;
  camera: WebCamera;
  tape: TapeCamera;
}

/** What a {@link WhepTape} may differ in. */
export interface WhepTapeOptions {
  /** Pictures a second; as they are made by default. */
  fps?: number;
  /** H.264 by default. */
  codec?: PeerCodec;
  /** What is at `/`. */
  page?: string;
}

/** Plays numbered pictures in real time until the test is over. */
export async function playWhepTape(
  { fps = PICTURE.fps, codec = "h264", page }: WhepTapeOptions,
  finished: Finished,
): Promise<WhepTape> {
  const stage = await WhepStage.set(systemClock, page);
  const camera = stage.camera();
  const tape = new TapeCamera(await tapeUnits(codec), fps);
  const end = new AbortController();
  const played = tape.run({ unit: (unit) => camera.unit(unit) }, end.signal);
  camera.status.live();
  finished(async () => {
    end.abort();
    await played;
    await stage[Symbol.asyncDispose]();
  });
  return { stage, camera, tape };
}
