import type { Clock } from "../../lib/clock.js";
import type { Logger } from "../../lib/logger.js";

/** What every camera is given besides its options. */
export interface CameraContext {
  clock: Clock;
  logger: Logger;
  /** Path of a proven ffmpeg, found when first asked for. Default: `ffmpeg` from PATH. */
  ffmpegPath?: () => Promise<string>;
  /** Path of rpicam-vid. Default: `rpicam-vid`, else `libcamera-vid`, from PATH. */
  rpicamPath?: string;
}
