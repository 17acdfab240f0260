import { StreamError } from "../../lib/errors.js";

/** The formats whose pictures show by themselves where they end, so that they can travel without a container. */
export const RAW_CODECS: readonly string[] = ["h264", "h265", "mjpeg"];

/** Whether pictures of `codec` can travel as a raw byte stream. */
export function isRawCodec(codec: string): boolean {
  return RAW_CODECS.includes(codec);
}

/** @throws StreamError `unsupported` where pictures of `codec` cannot travel as a raw byte stream */
export function requireRawCodec(codec: string): void {
  if (isRawCodec(codec)) return;
  throw new StreamError("unsupported", `a raw byte stream carries ${RAW_CODECS.join(", ")}, not ${codec}`);
}
