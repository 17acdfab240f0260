import type { AccessUnit, Codec } from "./access-unit.js";

const FOURCC: Readonly<Record<Exclude<Codec, "other">, string>> = {
  h264: "H264",
  h265: "HEVC",
  mjpeg: "MJPG",
  vp8: "VP80",
  vp9: "VP90",
  av1: "AV01",
};

/** The four characters that name a unit's format in RIFF, AVI and IVF. */
export function fourccOf(unit: Pick<AccessUnit, "codec" | "fourcc">): string {
  return unit.codec === "other" ? (unit.fourcc ?? "????") : FOURCC[unit.codec];
}
