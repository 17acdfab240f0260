import { CLIP_FPS, type Size } from "../clip/make-clip.js";
import { type LatencyRow, measureReceiver } from "../latency/measure-receiver.js";
import type { Programs } from "../processes/receiver-commands.js";
import { startMjpegSender } from "../processes/start-mjpeg-sender.js";
import { MJPEG_OUTPUTS, type MjpegContender, mjpegContenders, mjpegUrls } from "./mjpeg-contenders.js";

/** One line of the table. */
export interface MjpegRow {
  contender: MjpegContender;
  result: LatencyRow["result"];
}

/** Measures every chosen receiver at one size, one after another. */
export async function measureMjpegReceivers(
  clip: string,
  { size, seconds, chosen, ...programs }: Programs & { size: Size; seconds: number; chosen: (name: string) => boolean },
): Promise<MjpegRow[]> {
  const rows: MjpegRow[] = [];
  const sender = await startMjpegSender(clip, { fps: CLIP_FPS, outputs: Object.values(MJPEG_OUTPUTS) });
  const urls = mjpegUrls(sender.urls);
  for (const contender of mjpegContenders(programs).filter(({ name }) => chosen(name))) {
    console.log(`${size.width}x${size.height}: ${contender.name}`);
    const written = async () => (await sender.times())[contender.from];
    const url = urls[contender.output];
    const running = { url, plainUrl: url, written };
    const { result } = await measureReceiver(contender, running, { size, seconds });
    rows.push({ contender, result });
  }
  await sender.kill();
  return rows;
}
