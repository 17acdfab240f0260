import { unescapeNal } from "./annexb.js";

/** One message of a supplemental enhancement information NAL unit. */
export interface SeiMessage {
  payloadType: number;
  payload: Buffer;
}

/** `payloadType` of a recovery point: decoding may start here though the picture is no IDR. @see ITU-T H.264 D.1.8 */
export const SEI_RECOVERY_POINT = 6;
/** `payloadType` of padding. @see ITU-T H.264 D.1.4 */
export const SEI_FILLER = 3;
/** `payloadType` of user data behind a UUID. @see ITU-T H.264 D.1.7, H.265 D.2.7 */
export const SEI_USER_DATA_UNREGISTERED = 5;

/** Encoders write a handful; more would only cost memory. */
const MAX_MESSAGES = 64;

/**
 * The messages of an SEI NAL unit, as far as they are whole, at most 64; damaged bytes give fewer messages, never an error.
 *
 * @param headerBytes length of the NAL unit header: 1 in H.264, 2 in H.265
 * @see ITU-T H.264 7.3.2.3.1, H.265 7.3.5
 */
export function seiMessages(nal: Buffer, headerBytes: 1 | 2): SeiMessage[] {
  const rbsp = unescapeNal(nal);
  const messages: SeiMessage[] = [];
  let offset = headerBytes;
  // The last byte holds the stop bit, so a message needs more than what is left there.
  while (offset + 2 < rbsp.length && messages.length < MAX_MESSAGES) {
    const type = codedSum(rbsp, offset);
    const size = codedSum(rbsp, type.next);
    if (size.next + size.value > rbsp.length) break;
    offset = size.next + size.value;
    messages.push({ payloadType: type.value, payload: rbsp.subarray(size.next, offset) });
  }
  return messages;
}

/** A number written as a run of 255s and a last byte below. */
function codedSum(data: Buffer, offset: number): { value: number; next: number } {
  let value = 0;
  let next = offset;
  while (data[next] === 0xff) {
    value += 0xff;
    next++;
  }
  return { value: value + (data[next] ?? 0), next: next + 1 };
}
