import { isFrameHeader, jpegSegments } from "./jpeg-segments.js";

/** Width and height in pixels. */
export interface JpegSize {
  width: number;
  height: number;
}

/**
 * The size of a JPEG picture, from its frame header; undefined when `data` is no JPEG or is cut before that header's
 * end.
 *
 * @see ITU-T T.81 B.2.2
 */
export function jpegSize(data: Buffer): JpegSize | undefined {
  for (const { code, body } of jpegSegments(data)) {
    if (isFrameHeader(code)) return body.length < 5 ? undefined : readSize(body);
  }
  return undefined;
}

/** A height of 0 would stand behind the first scan: no camera writes that. */
function readSize(frameHeader: Buffer): JpegSize | undefined {
  const height = frameHeader.readUInt16BE(1);
  const width = frameHeader.readUInt16BE(3);
  return width > 0 && height > 0 ? { width, height } : undefined;
}
