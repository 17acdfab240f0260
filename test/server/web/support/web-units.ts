import type { AccessUnit } from "../../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../../lib/codecs/annexb.js";

/** As x264 writes them for Baseline at 30 a second. */
const SEQUENCES = {
  "640x480": "6742c01ed900a03db0110000030001000003003c0f162e48",
  "320x240": "6742c00dd90141fb0110000003001000000303c0f142a480",
} as const;
const PICTURE_PARAMETERS = Buffer.from("68ce3c80", "hex");

/** Shape of a made-up stream. */
export interface WebUnitsOptions {
  count: number;
  /** Pictures from one keyframe to the next; `count` by default. */
  gop?: number;
  /** Bytes of each unit; 100 by default. */
  bytes?: number;
  size?: keyof typeof SEQUENCES;
  /** Number of the first; 0 by default. */
  from?: number;
}

/** Access units of which a viewer can be told everything but the pictures; no two are alike. */
export function webUnits({
  count,
  gop = count,
  bytes = 100,
  size = "640x480",
  from = 0,
}: WebUnitsOptions): AccessUnit[] {
  const sets = [Buffer.from(SEQUENCES[size], "hex"), PICTURE_PARAMETERS];
  return Array.from({ length: count }, (_, index) => {
    const keyframe = index % gop === 0;
    const payload = Buffer.alloc(bytes - 4 - (keyframe ? joinNalUnits(sets).length : 0), 0xaa);
    payload.writeUInt16BE(keyframe ? 0x6588 : 0x419a);
    payload.writeUInt32BE(0x8080_8080 + from + index, 2);
    const atMs = 1_000 + ((from + index) * 1_000) / 30;
    return {
      ...{
        codec: "h264" as const,
        keyframe,
        receivedAtMs: atMs,
        mediaTimeMs: atMs,
        capturedAtMs: 1_700_000_000_000 + atMs,
      },
      data: joinNalUnits(keyframe ? [...sets, payload] : [payload]),
    };
  });
}

/** Access units of VP8, 640x480, of which only keyframes' heads are right; times as those of {@link webUnits}. */
export function vp8Units(options: Omit<WebUnitsOptions, "size">): AccessUnit[] {
  return webUnits(options).map((unit) => {
    const head = unit.keyframe ? "1000009d012a8002e001" : "110000";
    return {
      ...unit,
      codec: "vp8",
      data: Buffer.concat([Buffer.from(head, "hex"), unit.data.subarray(head.length / 2)]),
    };
  });
}

/** A JPEG as far as its size; no decoder takes it. */
export function jpegUnit(): AccessUnit {
  const head = Buffer.from("ffd8ffc0000b0800f0014001011100ffd9", "hex");
  return { codec: "mjpeg", keyframe: true, receivedAtMs: 1_000, data: head };
}
