import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMavlink } from "../../../../server/telemetry/mavlink/encode-mavlink.js";
import { MavlinkParser } from "../../../../server/telemetry/mavlink/mavlink-parser.js";
import {
  definitionById,
  MAVLINK_IDS,
  type MavlinkDefinition,
} from "../../../../server/telemetry/mavlink/message-definition.js";
import { FOREIGN_BY_ID, FOREIGN_MESSAGES, filled, foreignPacket } from "./foreign-messages.js";

/** Of every message and version; there are 300 messages. */
const RUNS = { numRuns: 8 };

const parser = new MavlinkParser({ now: () => 1234.5 });

describe("every message of node-mavlink's dialects", () => {
  it("is found", () => {
    expect(FOREIGN_MESSAGES.length).toBeGreaterThan(290);
  });

  it.each([1, 2] as const)("is decoded from its MAVLink %i packets", (version) => {
    for (const message of FOREIGN_MESSAGES) {
      if (version === 1 && message.MSG_ID > 255) continue;
      const property = fc.property(filled(message), ({ data, fields }) => {
        const from = { systemId: 3, componentId: 4, sequence: 7, version, signed: false };
        const whole = { id: message.MSG_ID, name: message.MSG_NAME, ...from, fields, atMs: 1234.5 };
        expect(parser.datagram(foreignPacket(data, version))).toEqual([whole]);
      });
      fc.assert(property, RUNS);
    }
  });

  it("is encoded to the same MAVLink 2 packets", () => {
    for (const message of FOREIGN_MESSAGES) {
      const property = fc.property(filled(message, "finite"), ({ data, fields }) => {
        const theirs = foreignPacket(data, 2);
        // Where all bytes are zero they leave out the first one as well, which the standard does not.
        fc.pre(theirs[1] !== 0);
        const from = { systemId: 3, componentId: 4, sequence: 7 };
        const packet = encodeMavlink({ name: message.MSG_NAME, fields, ...from, version: 2 });
        expect(packet.toString("hex")).toBe(theirs.toString("hex"));
      });
      fc.assert(property, RUNS);
    }
  });
});

describe("the table of messages", () => {
  it("is what the script makes of the package", async () => {
    const { stderr, exitCode } = await execa("node", ["scripts/generate-mavlink-table.mjs", "--check"], {
      reject: false,
    });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it("has the messages that the package leaves out", () => {
    const added = MAVLINK_IDS.filter((id) => !FOREIGN_BY_ID.has(id)).map((id) => definitionById(id)?.name);
    expect(added).toHaveLength(25);
    expect(added).toEqual(expect.arrayContaining(["ESC_STATUS", "ONBOARD_COMPUTER_STATUS", "CUBEPILOT_RAW_RC"]));
  });

  it.each(MAVLINK_IDS.map((id) => definitionById(id)).filter((definition) => !FOREIGN_BY_ID.has(definition?.id ?? 0)))(
    "reads back what it wrote of $name",
    (definition) => {
      const { name, fields, length } = definition as MavlinkDefinition;
      const values = Object.fromEntries(
        fields.map((field, index) => {
          const value = field.type === "char" ? "text" : field.size === 8 ? `${index}` : index;
          return [field.name, field.length > 0 && field.type !== "char" ? Array(field.length).fill(value) : value];
        }),
      );
      const packet = encodeMavlink({ name, fields: values, systemId: 3, componentId: 4, sequence: 7, version: 2 });
      expect(parser.datagram(packet)[0]?.fields).toEqual(values);
      expect(length).toBeLessThanOrEqual(255);
    },
  );
});
