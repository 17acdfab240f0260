import { RtspHeaders, type RtspItem, type RtspRequest, type RtspResponse } from "./message.js";
import { statusError } from "./status-error.js";

const MAGIC = 0x24;
const FRAME_HEAD_BYTES = 4;
/** So that a URL may have about 4096. */
const MAX_FIRST_LINE_BYTES = 4_096 + 64;
const MAX_HEAD_BYTES = 16 * 1024;
const MAX_HEADERS = 64;
const MAX_BODY_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const REQUEST_LINE = /^([A-Z_]{1,32}) (\S+) (RTSP\/\d+\.\d+)$/i;
const STATUS_LINE = /^RTSP\/\d+\.\d+ (\d{3})(?: (.*))?$/i;
const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/;

/** A message whose head is here and whose body is awaited. */
interface Head {
  message: RtspRequest | RtspResponse;
  bodyBytes: number;
}

/**
 * Takes a connection's bytes apart into requests, responses and interleaved frames. What it holds is bounded: a head
 * of 16 KiB and a body of 64 KiB. After it has thrown, the connection is of no more use.
 *
 * @see RFC 2326 sections 4 to 7 and 10.12
 */
export class RtspMessageParser {
  #held: Buffer = Buffer.alloc(0);
  #head: Head | undefined;

  /**
   * Takes the next bytes, in any chunking; `take` is given every item that is whole by now, in order.
   * @throws StreamError `invalid-data` for what is no RTSP; `details.status` is what a server answers
   */
  push(bytes: Buffer, take: (item: RtspItem) => void): void {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.alloc(0);
    for (;;) {
      const used = this.#next(rest, take);
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    // A copy, so that a few bytes do not hold on to a whole chunk.
    this.#held = Buffer.from(rest);
  }

  /** Takes one item from the start of `bytes`; gives how many bytes it was, 0 where more have to come. */
  #next(bytes: Buffer, take: (item: RtspItem) => void): number {
    if (bytes.length === 0) return 0;
    if (this.#head) return this.#takeBody(this.#head, bytes, take);
    if (bytes[0] === MAGIC) return takeFrame(bytes, take);
    // Empty lines between messages are borne.
    if (bytes[0] === CARRIAGE_RETURN || bytes[0] === LINE_FEED) return 1;
    checkFirstLine(bytes);
    const end = endOfHead(bytes);
    if ((end ?? bytes.length) > MAX_HEAD_BYTES) throw statusError(413, `a head of more than ${MAX_HEAD_BYTES} bytes`);
    if (end === undefined) return 0;
    this.#head = parseHead(bytes.toString("utf8", 0, end));
    const isWhole = this.#head.bodyBytes === 0;
    if (isWhole) this.#takeBody(this.#head, Buffer.alloc(0), take);
    return end;
  }

  #takeBody({ message, bodyBytes }: Head, bytes: Buffer, take: (item: RtspItem) => void): number {
    if (bytes.length < bodyBytes) return 0;
    this.#head = undefined;
    take({ ...message, body: Buffer.from(bytes.subarray(0, bodyBytes)) });
    return bodyBytes;
  }
}

function takeFrame(bytes: Buffer, take: (item: RtspItem) => void): number {
  if (bytes.length < FRAME_HEAD_BYTES) return 0;
  const end = FRAME_HEAD_BYTES + bytes.readUInt16BE(2);
  if (bytes.length < end) return 0;
  take({ kind: "interleaved", channel: bytes.readUInt8(1), data: bytes.subarray(FRAME_HEAD_BYTES, end) });
  return end;
}

/** Where the empty line behind the headers ends. */
function endOfHead(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === LINE_FEED) return at + 2;
    if (bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
    if (at > MAX_HEAD_BYTES) break;
  }
  return undefined;
}

/** What is surely wrong is told at once, not when the head has become too long or is whole. */
function checkFirstLine(bytes: Buffer): void {
  const first = bytes[0] as number;
  const isLetter = (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a);
  if (!isLetter) throw statusError(400, "bytes that begin no RTSP message");
  const lineEnd = bytes.indexOf(LINE_FEED);
  if ((lineEnd < 0 ? bytes.length : lineEnd) > MAX_FIRST_LINE_BYTES) {
    throw statusError(414, `a first line of more than ${MAX_FIRST_LINE_BYTES} bytes`);
  }
}

function parseHead(text: string): Head {
  const lines = text.split(/\r?\n/);
  const message = parseStartLine(lines[0] ?? "");
  for (const line of unfolded(lines.slice(1))) {
    const [, name = "", value = ""] = HEADER_LINE.exec(line) ?? [];
    if (name !== "") message.headers.append(name, value.trim());
    // Of a server's answer what is understood is enough: cameras exist that write nonsense between their headers.
    else if (message.kind === "request") throw statusError(400, `${shown(line)} is no header line`);
  }
  if ([...message.headers].length > MAX_HEADERS) throw statusError(413, `more than ${MAX_HEADERS} header lines`);
  return { message, bodyBytes: contentLength(message.headers) };
}

function parseStartLine(line: string): RtspRequest | RtspResponse {
  const common = { headers: new RtspHeaders(), body: Buffer.alloc(0) };
  const [, status, reason = ""] = STATUS_LINE.exec(line) ?? [];
  if (status !== undefined) return { kind: "response", status: Number(status), reason, ...common };
  const [, method, url = "", version = ""] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined) throw statusError(400, `${shown(line)} is no first line of an RTSP message`);
  return { kind: "request", method: method.toUpperCase(), url, version: version.toUpperCase(), ...common };
}

/** Header lines; one that begins with a space goes on with the one before. */
function unfolded(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line) && whole.length > 0) whole[whole.length - 1] += ` ${line.trim()}`;
    else if (line !== "") whole.push(line);
  }
  return whole;
}

function contentLength(headers: RtspHeaders): number {
  const text = headers.get("Content-Length") ?? "0";
  if (!/^\d{1,9}$/.test(text)) throw statusError(400, `Content-Length ${shown(text)} is no number`);
  if (Number(text) > MAX_BODY_BYTES) throw statusError(413, `a body of ${text} bytes; ${MAX_BODY_BYTES} are allowed`);
  return Number(text);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
