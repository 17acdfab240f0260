/** Before this year a camera has no wall clock: some write their uptime. */
const EARLIEST_MS = Date.UTC(1990);
/** Whole seconds are too coarse to be a picture's time. */
const SECONDS = /^\d{1,10}\.\d{1,9}$/;
const HEADER_LINE = /^([^\s:]+)[ \t]*:(.*)$/;

/** What the head of one part of a multipart stream tells. */
export interface PartHead {
  /** In lower case, without parameters; empty where it is not told. */
  type: string;
  /** Length of the body in bytes; undefined where it is not told. */
  length: number | undefined;
  /** When the picture was taken, on a time line of the server's. */
  mediaTimeMs: number | undefined;
  /** The same, milliseconds since the epoch; undefined where the server has no wall clock. */
  capturedAtMs: number | undefined;
}

/**
 * Reads the lines of a part's head; never throws, since cameras write all kinds of things there.
 * `X-Timestamp` is seconds with a fraction, as mjpg-streamer and uStreamer write it.
 *
 * @see RFC 2046 section 5.1
 */
export function parsePartHead(lines: readonly string[]): PartHead {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = HEADER_LINE.exec(line) ?? [];
    headers.set(name.toLowerCase(), value.trim());
  }
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const lengthText = headers.get("content-length") ?? "";
  // Who does not know the length beforehand may write 0.
  const length = /^\d{1,15}$/.test(lengthText) ? Number(lengthText) || undefined : undefined;
  const timeText = headers.get("x-timestamp") ?? "";
  const mediaTimeMs = SECONDS.test(timeText) ? Number(timeText) * 1_000 : undefined;
  const capturedAtMs = mediaTimeMs !== undefined && mediaTimeMs >= EARLIEST_MS ? mediaTimeMs : undefined;
  return { type, length, mediaTimeMs, capturedAtMs };
}
