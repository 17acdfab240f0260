import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { makePacket } from "./make-packet.js";

/** A VP8 frame of `length` bytes that are told apart by `tag`; what a decoder would make of it is nobody's concern. */
export function makeFrame({ tag, length, keyframe }: { tag: number; length: number; keyframe: boolean }): AccessUnit {
  const data = Buffer.alloc(length, tag);
  // A first partition of no bytes is the shortest there is.
  data.writeUIntLE(keyframe ? 0 : 1, 0, 3);
  if (keyframe) Buffer.of(0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00).copy(data, 3);
  return { codec: "vp8", data, keyframe, receivedAtMs: 0 };
}

/** Where frames are cut, and how their packets are numbered. */
export interface PackFramesOptions {
  /** Bytes of the pieces of each frame; the last takes the rest. */
  pieces: readonly (readonly number[])[];
  /** Of the first packet; default 0. */
  sequence?: number;
  /** Ticks from one frame to the next; default 3000. */
  step?: number;
  /** Default true. */
  marker?: boolean;
}

/** The packets of frames, each cut where it is told. */
export function packFrames(frames: readonly AccessUnit[], options: PackFramesOptions): Buffer[] {
  const { pieces, step = 3_000, marker = true } = options;
  let { sequence = 0 } = options;
  return frames.flatMap(({ data }, index) => {
    const bodies = cut(data, pieces[index] ?? []);
    return bodies.map((body, piece) => {
      const last = piece === bodies.length - 1;
      const descriptor = Buffer.of(piece === 0 ? 0x90 : 0x80, 0x80, index & 0x7f);
      const payload = Buffer.concat([descriptor, body]);
      return makePacket({ sequence: sequence++, timestamp: index * step, marker: marker && last, payload });
    });
  });
}

function cut(data: Buffer, lengths: readonly number[]): Buffer[] {
  const bodies: Buffer[] = [];
  let rest = data;
  for (const length of lengths) {
    if (length >= rest.length) break;
    bodies.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return [...bodies, rest];
}
