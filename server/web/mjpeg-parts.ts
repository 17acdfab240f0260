import type { IncomingHttpHeaders } from "node:http";
import type { JpegPicture } from "../jpeg/jpeg-picture.js";

const BOUNDARY = "glasslink-picture";
const DELIMITER = `--${BOUNDARY}\r\n`;
const TYPE = "Content-Type: image/jpeg\r\n";

/** What answers whose pictures are stale at once carry. */
export const UNCACHED = {
  "Cache-Control": "no-store, no-cache, must-revalidate, max-age=0",
  Pragma: "no-cache",
  Expires: "0",
} as const;

/** The headers of a stream of pictures. @see RFC 2046 5.1, and Netscape's `multipart/x-mixed-replace` */
export const STREAM_HEADERS = {
  ...UNCACHED,
  "Content-Type": `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
  // The end of the connection is that of the stream: many a program that reads MJPEG knows no chunks.
  Connection: "close",
} as const;

/** How a stream of pictures is cut into parts: what stands before the first picture, around each, and behind it. */
export interface MjpegParts {
  begin: Buffer;
  before(picture: JpegPicture): Buffer;
  after: Buffer;
}

/** For programs: each part tells its length and time, and its end is known as soon as it is there. */
const FOR_PROGRAMS: MjpegParts = {
  begin: Buffer.from(DELIMITER),
  before: ({ data, capturedAtMs }) =>
    Buffer.from(`${TYPE}Content-Length: ${data.length}\r\nX-Timestamp: ${timestampOf(capturedAtMs)}\r\n\r\n`),
  after: Buffer.from(`\r\n${DELIMITER}`),
};

/**
 * For browsers: Chromium shows a picture only when it has read the whole head of the next part, so that goes out with
 * the picture before it. It can tell nothing of the part then, and browsers ask for nothing.
 */
const FOR_BROWSERS: MjpegParts = {
  begin: Buffer.from(`${DELIMITER}${TYPE}\r\n`),
  before: () => Buffer.alloc(0),
  after: Buffer.from(`\r\n${DELIMITER}${TYPE}\r\n`),
};

/** The form that suits whoever sent these headers: a browser that shows the pictures itself, or a program. */
export function partsFor({ accept = "", "user-agent": program = "" }: IncomingHttpHeaders): MjpegParts {
  // A script in a page that reads the bytes itself accepts anything, and so do programs that call themselves Mozilla.
  const shows = program.startsWith("Mozilla/") && /\bimage\/|\btext\/html\b/.test(accept);
  return shows ? FOR_BROWSERS : FOR_PROGRAMS;
}

/** Seconds since the epoch with six digits, as mjpg-streamer and uStreamer write it. */
export function timestampOf(epochMs: number): string {
  return (epochMs / 1_000).toFixed(6);
}
