/** Cameras' pictures have a few hundred kilobytes. */
const MAX_PART_BYTES = 16 * 1024 * 1024;
const MAX_HEAD_BYTES = 4 * 1024;
const HEAD_END = new TextEncoder().encode("\r\n\r\n");
const NOTHING = new Uint8Array();

/** One part of a stream of pictures. */
export interface Part {
  /** By their names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

interface Body {
  headers: ReadonlyMap<string, string>;
  bytes: Uint8Array<ArrayBuffer>;
  filled: number;
}

/**
 * Takes apart a stream of parts that tell their length, whatever the pieces in which it comes. The boundary's name is not
 * needed then: what stands between two parts is a line that begins with `--`.
 * @see RFC 2046 section 5.1.1
 */
export class MultipartReader {
  #head = NOTHING;
  #body: Body | undefined;

  /**
   * Takes the next piece and gives the parts that are whole with it.
   * @throws Error for a part without a length, and for one that is too large
   */
  push(piece: Uint8Array<ArrayBuffer>): Part[] {
    const parts: Part[] = [];
    let rest = piece;
    while (rest.length > 0) {
      rest = this.#body ? fill(this.#body, rest) : this.#readHead(rest);
      if (!this.#body || this.#body.filled < this.#body.bytes.length) continue;
      parts.push({ headers: this.#body.headers, body: this.#body.bytes });
      this.#body = undefined;
    }
    return parts;
  }

  /** Gives what stands behind the head. */
  #readHead(piece: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const before = this.#head.length;
    const bytes = join(this.#head, piece.subarray(0, MAX_HEAD_BYTES - before));
    const end = indexOf(bytes, HEAD_END);
    if (end < 0) {
      if (bytes.length >= MAX_HEAD_BYTES) throw new Error(`a part's head is larger than ${MAX_HEAD_BYTES} bytes`);
      this.#head = bytes;
      return NOTHING;
    }
    this.#head = NOTHING;
    const headers = readHeaders(new TextDecoder("latin1").decode(bytes.subarray(0, end)));
    this.#body = { headers, bytes: new Uint8Array(lengthOf(headers)), filled: 0 };
    return piece.subarray(end + HEAD_END.length - before);
  }
}

function fill(body: Body, piece: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const taken = piece.subarray(0, body.bytes.length - body.filled);
  body.bytes.set(taken, body.filled);
  body.filled += taken.length;
  return piece.subarray(taken.length);
}

function lengthOf(headers: ReadonlyMap<string, string>): number {
  const text = headers.get("content-length") ?? "";
  const length = Number(text);
  if (!/^\d+$/.test(text) || length === 0) throw new Error("a part does not tell its length");
  if (length > MAX_PART_BYTES) throw new Error(`a part of ${length} bytes is too large; ${MAX_PART_BYTES} are allowed`);
  return length;
}

function readHeaders(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function join(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
