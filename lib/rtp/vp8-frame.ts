const TAG_BYTES = 3;
const KEYFRAME_HEAD_BYTES = 10;
const START_CODE = Buffer.of(0x9d, 0x01, 0x2a);

/** What the head of a VP8 frame tells. */
export interface Vp8FrameHead {
  keyframe: boolean;
}

/**
 * The head of a VP8 frame; undefined for bytes that are none, or end before the first partition does, without which
 * nothing can be decoded.
 *
 * @see RFC 6386 section 9.1
 */
export function readVp8FrameHead(frame: Buffer): Vp8FrameHead | undefined {
  if (frame.length < TAG_BYTES) return undefined;
  const tag = frame.readUIntLE(0, TAG_BYTES);
  const keyframe = (tag & 1) === 0;
  const headBytes = keyframe ? KEYFRAME_HEAD_BYTES : TAG_BYTES;
  const firstPartitionBytes = tag >>> 5;
  if (headBytes + firstPartitionBytes > frame.length) return undefined;
  if (keyframe && !frame.subarray(TAG_BYTES, TAG_BYTES + START_CODE.length).equals(START_CODE)) return undefined;
  return { keyframe };
}
