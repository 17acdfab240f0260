import { StreamError } from "../../../lib/errors.js";
import type { RtspItem } from "../../../lib/rtsp/message.js";
import { RtspMessageParser } from "../../../lib/rtsp/message-parser.js";

/** What a parser made of a connection's bytes, as plain values that can be compared. */
export interface ParsedRtsp {
  items: unknown[];
  /** Of the refusal that ended it. */
  status?: unknown;
  /** How many bytes it was given, the chunk that it refused included. */
  takenBytes: number;
}

/** Gives a parser these chunks until it refuses one. Anything thrown but a `StreamError` goes through. */
export function parseRtsp(...chunks: (Buffer | string)[]): ParsedRtsp {
  const parser = new RtspMessageParser();
  const parsed: ParsedRtsp = { items: [], takenBytes: 0 };
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    parsed.takenBytes += bytes.length;
    try {
      parser.push(bytes, (item) => parsed.items.push(plain(item)));
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      return { ...parsed, status: error.details.status };
    }
  }
  return parsed;
}

/** The chunks between these places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places, bytes.length].sort((one, other) => one - other);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** One chunk a byte. */
export function singleBytes(bytes: Buffer): Buffer[] {
  return [...bytes].map((byte) => Buffer.of(byte));
}

function plain(item: RtspItem): unknown {
  if (item.kind === "interleaved") return { ...item, data: item.data.toString("hex") };
  return {
    ...item,
    headers: [...item.headers].map(({ name, value }) => [name, value]),
    body: item.body.toString("latin1"),
  };
}
