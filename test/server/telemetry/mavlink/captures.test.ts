import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import { createMavLinkStream, type MavLinkPacket } from "node-mavlink";
import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../../lib/telemetry/mavlink-message.js";
import { expected, FOREIGN_BY_ID } from "./foreign-messages.js";
import { newParser } from "./packets.js";

const folder = join(dirname(createRequire(import.meta.url).resolve("node-mavlink/package.json")), "examples");

/** What node-mavlink finds in a capture, as our messages. */
async function foreignMessages(capture: Buffer): Promise<Partial<MavlinkMessage>[]> {
  const messages: Partial<MavlinkMessage>[] = [];
  for await (const { header, protocol, payload } of createMavLinkStream(
    Readable.from([capture]),
  ) as AsyncIterable<MavLinkPacket>) {
    const message = FOREIGN_BY_ID.get(header.msgid);
    if (!message) throw new Error(`node-mavlink has no message ${header.msgid}`);
    const data = protocol.data(payload, message) as unknown as Record<string, number | number[]>;
    const fields = message.FIELDS.map(({ name, source }) => {
      const value = data[name] as number | number[];
      return [source, Array.isArray(value) ? value.map(expected) : expected(value)];
    });
    messages.push({ id: header.msgid, sequence: header.seq, fields: Object.fromEntries(fields) });
  }
  return messages;
}

describe("captures of real vehicles", () => {
  it.each([
    ["GH-5.bin", 138, 2],
    ["mavlink-v2-3412-packets.bin", 3412, 14],
    ["vtol.tlog", 4912, 38],
  ])("%s gives node-mavlink's messages, and those that it leaves out", async (name, count, more) => {
    const capture = readFileSync(join(folder, name)).subarray(0, 200_000);
    const theirs = await foreignMessages(capture);
    const ours = newParser().stream(capture);
    expect(ours).toHaveLength(count);
    expect(theirs).toHaveLength(count - more);
    let next = 0;
    const missing = theirs.filter((message) => {
      const at = ours.findIndex(({ id, sequence, fields }, index) => {
        return index >= next && isDeepStrictEqual({ id, sequence, fields }, message);
      });
      next = at + 1;
      return at < 0;
    });
    expect(missing).toEqual([]);
  });
});
