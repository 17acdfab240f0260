/** Width and height in pixels. */
export interface JpegSize {
  width: number;
  height: number;
}

const MARKER = 0xff;
const START_OF_IMAGE = 0xd8;
const START_OF_SCAN = 0xda;
/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share their range. */
const NOT_FRAME_HEADERS = new Set([0xc4, 0xc8, 0xcc]);

/**
 * The size of a JPEG picture, from its frame header; undefined when `data` is no JPEG or is cut before that header.
 *
 * @see ITU-T T.81 B.1.1.3 and B.2.2
 */
export function jpegSize(data: Buffer): JpegSize | undefined {
  if (data[0] !== MARKER || data[1] !== START_OF_IMAGE) return undefined;
  let offset = 2;
  while (offset + 4 <= data.length && data[offset] === MARKER) {
    const code = data[offset + 1] as number;
    if (code === MARKER) {
      // Any number of fill bytes may stand before a marker.
      offset++;
    } else if (code === START_OF_SCAN) {
      return undefined;
    } else if (isFrameHeader(code)) {
      return offset + 9 > data.length ? undefined : readSize(data, offset + 5);
    } else {
      offset += hasNoLength(code) ? 2 : 2 + data.readUInt16BE(offset + 2);
    }
  }
  return undefined;
}

/** A height of 0 would stand behind the first scan: no camera writes that. */
function readSize(data: Buffer, offset: number): JpegSize | undefined {
  const height = data.readUInt16BE(offset);
  const width = data.readUInt16BE(offset + 2);
  return width > 0 && height > 0 ? { width, height } : undefined;
}

function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && !NOT_FRAME_HEADERS.has(code);
}

/** TEM and the restart markers stand alone. */
function hasNoLength(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}
