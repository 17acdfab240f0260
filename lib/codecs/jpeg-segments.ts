/** The second bytes of the markers that matter here. @see ITU-T T.81 table B.1 */
export const JPEG_MARKER = {
  SOF0: 0xc0,
  SOF1: 0xc1,
  SOF2: 0xc2,
  DHT: 0xc4,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DRI: 0xdd,
  APP0: 0xe0,
} as const;

/** What every marker begins with; in coded data a zero byte or a restart marker's second byte stands behind it. */
export const JPEG_PREFIX = 0xff;

/** One marker segment of a JPEG's headers. */
export interface JpegSegment {
  /** The marker's second byte. */
  code: number;
  /** What stands behind the length; a view. */
  body: Buffer;
  /** Where the segment ends: behind that of SOS the coded data begins. */
  end: number;
}

/** JPG, and those that share the range of frame headers without being one. */
const NOT_FRAME_HEADERS = new Set([0xc4, 0xc8, 0xcc]);

/**
 * The segments of a JPEG from its start on, up to the first SOS; fewer where `data` is no JPEG, is cut, or breaks off.
 *
 * @see ITU-T T.81 B.1.1
 */
export function* jpegSegments(data: Buffer): Generator<JpegSegment> {
  if (data[0] !== JPEG_PREFIX || data[1] !== JPEG_MARKER.SOI) return;
  let offset = 2;
  while (offset + 4 <= data.length && data[offset] === JPEG_PREFIX) {
    const code = data[offset + 1] as number;
    if (code === JPEG_PREFIX) {
      // Any number of fill bytes may stand before a marker.
      offset++;
    } else if (hasNoLength(code)) {
      offset += 2;
    } else {
      const end = offset + 2 + data.readUInt16BE(offset + 2);
      if (end < offset + 4 || end > data.length) return;
      yield { code, body: data.subarray(offset + 4, end), end };
      if (code === JPEG_MARKER.SOS) return;
      offset = end;
    }
  }
}

/** Whether a marker begins a frame header: SOF0 to SOF15. */
export function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && !NOT_FRAME_HEADERS.has(code);
}

/** Whether a marker is one of RST0 to RST7, which stand inside coded data. */
export function isRestartMarker(code: number): boolean {
  return code >= 0xd0 && code <= 0xd7;
}

/** TEM and the restart markers stand alone. */
function hasNoLength(code: number): boolean {
  return code === 0x01 || isRestartMarker(code);
}
