import { readFileSync } from "node:fs";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";

const START_OF_IMAGE = Buffer.of(0xff, 0xd8);
const COMMENT = Buffer.of(0xff, 0xfe);
const DIGITS = 6;
const LABEL = "picture ";
/** The comment is the first segment; a pickle puts less than this in front of it. */
const LABEL_WITHIN = 256;

/**
 * The pictures of a clip of JPEGs; each one's position is the number in its pixels, and stands in a comment of the file as
 * well, for those who do not decode it.
 */
export function readJpegClip(path: string): AccessUnit[] {
  const stream = readFileSync(path);
  const units: AccessUnit[] = [];
  for (let start = 0, next = 0; start < stream.length; start = next) {
    next = stream.indexOf(START_OF_IMAGE, start + START_OF_IMAGE.length);
    if (next < 0) next = stream.length;
    const data = labelled(stream.subarray(start, next), units.length);
    units.push({ codec: "mjpeg", data, keyframe: true, receivedAtMs: 0 });
  }
  return units;
}

/** The number in such a comment, of a whole JPEG or of its beginning, whatever stands around it. */
export function readPictureLabel(bytes: Buffer): number | undefined {
  const at = bytes.subarray(0, LABEL_WITHIN).indexOf(LABEL, 0, "latin1");
  if (at < 0) return undefined;
  return Number(bytes.toString("latin1", at + LABEL.length, at + LABEL.length + DIGITS));
}

function labelled(jpeg: Buffer, number: number): Buffer {
  const text = Buffer.from(LABEL + String(number).padStart(DIGITS, "0"), "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(length.length + text.length);
  return Buffer.concat([START_OF_IMAGE, COMMENT, length, text, jpeg.subarray(START_OF_IMAGE.length)]);
}
