import type { NalCollector } from "./nal-collector.js";

/** Payload structures beside single NAL units. @see RFC 6184 table 1 */
export const H264_PAYLOAD = { STAP_A: 24, FU_A: 28 } as const;

const LAST_SINGLE = 23;
const FIRST_IGNORED = 30;

/**
 * Reads one RTP payload of H.264 into `collector`: single NAL unit, STAP-A or FU-A, as packetization modes 0 and 1
 * have them. Anything else (interleaved mode, malformed) marks the access unit as broken.
 *
 * @see RFC 6184 sections 5.6 to 5.8
 */
export function depacketiseH264(payload: Buffer, collector: NalCollector): void {
  const indicator = payload[0];
  if (indicator === undefined) return;
  const type = indicator & 0x1f;
  if (type === 0 || type >= FIRST_IGNORED) return;
  if ((indicator & 0x80) !== 0) collector.fail();
  else if (type <= LAST_SINGLE) collector.add(payload);
  else if (type === H264_PAYLOAD.STAP_A) readAggregate(payload, 1, collector);
  else if (type === H264_PAYLOAD.FU_A) readFragment(payload, collector);
  else collector.fail();
}

/** Reads the NAL units of an aggregate, each behind its 16-bit length, from `offset` on: STAP-A and H.265's AP. */
export function readAggregate(payload: Buffer, offset: number, collector: NalCollector): void {
  let position = offset;
  if (position === payload.length) collector.fail();
  while (position < payload.length) {
    const start = position + 2;
    position = start > payload.length ? start : start + payload.readUInt16BE(position);
    if (position > payload.length) collector.fail();
    else collector.add(payload.subarray(start, position));
  }
}

function readFragment(payload: Buffer, collector: NalCollector): void {
  const [indicator = 0, header = 0] = payload;
  const nalHeader = Buffer.of((indicator & 0xe0) | (header & 0x1f));
  if (payload.length < 3) collector.fail();
  else collector.addFragment(nalHeader, header, payload.subarray(2));
}
