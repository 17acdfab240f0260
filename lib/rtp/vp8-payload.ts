/** What one packet holds of a VP8 frame. */
export interface Vp8Fragment {
  /** Whether the frame begins here. */
  first: boolean;
  /** A view of the packet; may be empty. */
  body: Buffer;
}

const EXTENDED = 0x80;
const PARTITION_START = 0x10;
const PARTITION = 0x07;
const HAS_PICTURE_ID = 0x80;
const HAS_LAYER_INDEX = 0x40;
const HAS_LAYER_OR_KEY_INDEX = 0x30;
const LONG_PICTURE_ID = 0x80;

/**
 * Reads one RTP payload of VP8; undefined where its descriptor is cut off. Of the descriptor only the frame's beginning
 * matters: layers and picture numbers are for who leaves pictures out.
 *
 * @see RFC 7741 section 4.2
 */
export function readVp8Payload(payload: Buffer): Vp8Fragment | undefined {
  const [descriptor = 0, extension = 0, pictureId = 0] = payload;
  let start = 1;
  if ((descriptor & EXTENDED) !== 0) {
    start += 1;
    if ((extension & HAS_PICTURE_ID) !== 0) start += (pictureId & LONG_PICTURE_ID) !== 0 ? 2 : 1;
    if ((extension & HAS_LAYER_INDEX) !== 0) start += 1;
    if ((extension & HAS_LAYER_OR_KEY_INDEX) !== 0) start += 1;
  }
  if (start > payload.length) return undefined;
  const first = (descriptor & PARTITION_START) !== 0 && (descriptor & PARTITION) === 0;
  return { first, body: payload.subarray(start) };
}
