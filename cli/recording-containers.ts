import { extname } from "node:path";
import type { Codec } from "../lib/codecs/access-unit.js";
import { StreamError } from "../lib/errors.js";

/** What makes a file playable up to its last half second whatever happens to the program that writes it. */
export const CONTAINER_OPTIONS: Readonly<Record<string, string[]>> = {
  ".mp4": ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000"],
  ".mkv": ["-cluster_time_limit", "500"],
  ".ts": [],
};
/** The endings of files that can be recorded. */
export const RECORDING_ENDINGS = Object.keys(CONTAINER_OPTIONS);

/** Formats that MPEG-TS has no name for: ffmpeg would write them all the same, and no program could play the file. */
const NAMELESS_IN_TS: ReadonlySet<Codec> = new Set(["mjpeg", "vp8", "vp9", "av1"]);

/**
 * Looks whether a file can hold pictures of a format.
 * @throws StreamError `unsupported`
 */
export function checkContainer(output: string, codec: Codec): void {
  const ending = extname(output).toLowerCase();
  if (ending !== ".ts" || !NAMELESS_IN_TS.has(codec)) return;
  throw new StreamError("unsupported", `${output}: a .ts file cannot hold ${codec}; take .mkv, which holds any format`);
}
