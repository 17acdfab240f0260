import { readAggregate } from "./h264-payload.js";
import type { NalCollector } from "./nal-collector.js";

/** Payload structures beside single NAL units. @see RFC 7798 section 4.4 */
export const H265_PAYLOAD = { AP: 48, FU: 49 } as const;

const LAST_SINGLE = 47;
const PACI = 50;

/**
 * Reads one RTP payload of H.265 into `collector`: single NAL unit, AP or FU, without decoding order numbers.
 * PACI packets and malformed ones mark the access unit as broken.
 *
 * @see RFC 7798 sections 4.4.1 to 4.4.3
 */
export function depacketiseH265(payload: Buffer, collector: NalCollector): void {
  if (payload.length === 0) return;
  const first = payload.readUInt8(0);
  const type = (first >> 1) & 0x3f;
  if (type > PACI) return;
  if ((first & 0x80) !== 0 || payload.length < 2) collector.fail();
  else if (type <= LAST_SINGLE) collector.add(payload);
  else if (type === H265_PAYLOAD.AP) readAggregate(payload, 2, collector);
  else if (type === H265_PAYLOAD.FU) readFragment(payload, collector);
  else collector.fail();
}

function readFragment(payload: Buffer, collector: NalCollector): void {
  const [first = 0, second = 0, header = 0] = payload;
  const nalHeader = Buffer.of((first & 0x81) | ((header & 0x3f) << 1), second);
  if (payload.length < 4) collector.fail();
  else collector.addFragment(nalHeader, header, payload.subarray(3));
}
