/** Header fields of one message: names in any case, several values under one name in the order they came. */
export class RtspHeaders {
  readonly #fields: { name: string; value: string }[] = [];

  constructor(fields: Readonly<Record<string, string | number | undefined>> = {}) {
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) this.append(name, String(value));
  }

  /** The first value; undefined where there is none. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** Every value, such as the challenges of `WWW-Authenticate`. */
  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
  }

  append(name: string, value: string): void {
    this.#fields.push({ name, value });
  }

  *[Symbol.iterator](): Iterator<{ name: string; value: string }> {
    yield* this.#fields;
  }
}

/** @see RFC 2326 section 6 */
export interface RtspRequest {
  kind: "request";
  method: string;
  /** As written: absolute, or `*`. */
  url: string;
  /** `RTSP/1.0` from everybody who speaks what is spoken here. */
  version: string;
  headers: RtspHeaders;
  body: Buffer;
}

/** @see RFC 2326 section 7 */
export interface RtspResponse {
  kind: "response";
  status: number;
  reason: string;
  headers: RtspHeaders;
  body: Buffer;
}

/** Binary data between the messages of a connection. @see RFC 2326 section 10.12 */
export interface InterleavedFrame {
  kind: "interleaved";
  channel: number;
  /** A view; valid as long as it is held, and not to be written to. */
  data: Buffer;
}

/** Everything that a connection carries. */
export type RtspItem = RtspRequest | RtspResponse | InterleavedFrame;

/** Reasons of the status codes that are sent from here. @see RFC 2326 section 7.1.1 */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  301: "Moved Permanently",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  413: "Request Entity Too Large",
  414: "Request-URI Too Large",
  415: "Unsupported Media Type",
  451: "Parameter Not Understood",
  453: "Not Enough Bandwidth",
  454: "Session Not Found",
  455: "Method Not Valid in This State",
  459: "Aggregate Operation Not Allowed",
  461: "Unsupported Transport",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "RTSP Version Not Supported",
  551: "Option Not Supported",
};

/** The bytes of a request. `Content-Length` is added where there is a body. */
export function formatRequest(request: Omit<RtspRequest, "kind" | "version">): Buffer {
  return format(`${request.method} ${request.url} RTSP/1.0`, request);
}

/** The bytes of a response, likewise. */
export function formatResponse(response: { status: number; headers: RtspHeaders; body?: Buffer }): Buffer {
  const { status, headers, body = Buffer.alloc(0) } = response;
  return format(`RTSP/1.0 ${status} ${REASONS[status] ?? "Unknown"}`, { headers, body });
}

/** The bytes of an interleaved frame's head; `length` of the data that follows is 65535 at most. */
export function interleavedHead(channel: number, length: number): Buffer {
  return Buffer.of(0x24, channel, length >> 8, length & 0xff);
}

function format(startLine: string, { headers, body }: { headers: RtspHeaders; body: Buffer }): Buffer {
  const lines = [startLine, ...[...headers].map(({ name, value }) => `${name}: ${value}`)];
  if (body.length > 0) lines.push(`Content-Length: ${body.length}`);
  // A line break in a value would begin another header.
  const head = lines.map((line) => line.replace(/[\r\n\0]+/g, " ")).join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "utf8"), body]);
}
