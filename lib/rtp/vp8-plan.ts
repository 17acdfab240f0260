import type { PayloadParts } from "./payload-parts.js";

/** The payload descriptor where partition 0 begins, and where anything goes on. */
const DESCRIPTORS = { begin: Buffer.of(0x10), goOn: Buffer.of(0x00) } as const;
const DESCRIPTOR_BYTES = 1;

/**
 * Lays out a VP8 picture in packets whose payload has `maxBytes` at most, all of it as one partition. The descriptor has
 * no PictureID: the same packets go to everybody, also to who is sent a picture again or had some left out, and sequence
 * numbers tell what was lost.
 *
 * @see RFC 7741 sections 4.2 and 4.4
 */
export function planVp8Payloads(picture: Buffer, maxBytes: number): PayloadParts[] {
  const bodyBytes = maxBytes - DESCRIPTOR_BYTES;
  return Array.from({ length: Math.ceil(picture.length / bodyBytes) }, (_, index) => [
    index === 0 ? DESCRIPTORS.begin : DESCRIPTORS.goOn,
    picture.subarray(index * bodyBytes, (index + 1) * bodyBytes),
  ]);
}
