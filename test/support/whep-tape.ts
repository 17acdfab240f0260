import { systemClock } from "../../lib/clock.js";
import type { WebCamera } from "../../server/web/web-camera.js";
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
  /** What is at `/`. */
  page?: string;
}

/** Plays numbered pictures of H.264 in real time until the test is over. */
export async function playWhepTape(
  { fps = PICTURE.fps, page }: WhepTapeOptions,
  finished: Finished,
): Promise<WhepTape> {
  const stage = await WhepStage.set(systemClock, page);
  const camera = stage.camera();
  const tape = new TapeCamera(await tapeUnits("h264"), fps);
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
