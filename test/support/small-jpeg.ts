const START = Buffer.of(0xff, 0xd8);
const END = Buffer.of(0xff, 0xd9);

/** How a {@link smallJpeg} is made. */
export interface SmallJpegOptions {
  /** Bytes of coded data; those that differ from picture to picture stand in it. */
  codedBytes?: number;
  /** Puts a whole JPEG into an EXIF segment, as cameras do. */
  thumbnail?: boolean;
  /** Adds a second scan, as progressive pictures have it. */
  scans?: number;
}

/**
 * The frame of a JPEG, with segments, stuffed zeros, restart markers and fill bytes where they may stand: good for
 * everything that looks at markers. Nothing can decode it.
 */
export function smallJpeg(number: number, options: SmallJpegOptions = {}): Buffer {
  const { codedBytes = 40, thumbnail = false, scans = 1 } = options;
  const coded = Buffer.alloc(codedBytes, `picture ${number}\r\n--`);
  const scan = Buffer.concat([
    segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)),
    coded.subarray(0, codedBytes / 2),
    Buffer.of(0xff, 0x00, 0xd9, 0xff, 0xd0, 0xff, 0x00),
    coded.subarray(codedBytes / 2),
  ]);
  return Buffer.concat([
    START,
    ...(thumbnail ? [segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), smallJpeg(number)]))] : []),
    Buffer.of(0xff),
    segment(0xc0, Buffer.of(8, 0, 16, 0, 16, 1, 1, 0x11, 0)),
    ...Array.from({ length: scans }, () => scan),
    END,
  ]);
}

function segment(code: number, body: Buffer): Buffer {
  const head = Buffer.of(0xff, code, 0, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
