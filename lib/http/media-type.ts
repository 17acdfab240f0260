const BOUNDARY = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/is;

/** What the `Content-Type` of an answer says. */
export interface MediaType {
  /** In lower case, such as `multipart/x-mixed-replace`; empty where there is none. */
  name: string;
  /** What stands between the parts of a multipart stream, as written but without quotes. */
  boundary: string | undefined;
}

/** Takes a `Content-Type` apart; never throws. @see RFC 2045 section 5.1, RFC 2046 section 5.1.1 */
export function parseMediaType(text = ""): MediaType {
  const [, quoted, plain = ""] = BOUNDARY.exec(text) ?? [];
  const boundary = quoted?.replace(/\\(.)/gs, "$1") ?? plain.trim();
  return { name: (text.split(";")[0] ?? "").trim().toLowerCase(), boundary: boundary || undefined };
}
