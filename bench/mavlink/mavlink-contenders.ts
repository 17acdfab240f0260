import { Readable } from "node:stream";
import type { MavLinkData, MavLinkDataConstructor, MavLinkPacket, MavLinkPacketRegistry } from "node-mavlink";
import { ardupilotmega, common, createMavLinkStream, icarous, minimal, standard, uavionix } from "node-mavlink";
import { MavlinkParser } from "../../server/telemetry/mavlink/mavlink-parser.js";

/** A parser of MAVLink under test. */
export interface MavlinkContender {
  name: string;
  how: string;
  /** Decodes every message in the chunks, and says how many there were. */
  decode(chunks: readonly Buffer[]): Promise<number>;
}

const registry: MavLinkPacketRegistry = Object.assign(
  {},
  ...[minimal, standard, common, uavionix, icarous, ardupilotmega].map(({ REGISTRY }) => REGISTRY),
);

/** Ours first. */
export const CONTENDERS: readonly MavlinkContender[] = [
  {
    name: "glasslink",
    how: "`MavlinkParser.stream`, every field decoded",
    async decode(chunks) {
      const parser = new MavlinkParser({ now: Date.now });
      return chunks.reduce((count, chunk) => count + parser.stream(chunk).length, 0);
    },
  },
  {
    name: "node-mavlink",
    how: "`createMavLinkStream`, then `protocol.data` of every packet",
    async decode(chunks) {
      let count = 0;
      const packets = createMavLinkStream(Readable.from(chunks));
      packets.on("data", ({ header, protocol, payload }: MavLinkPacket) => {
        const message = registry[header.msgid] as MavLinkDataConstructor<MavLinkData> | undefined;
        if (message && protocol.data(payload, message)) count++;
      });
      await new Promise((resolve, reject) => packets.on("end", resolve).on("error", reject));
      return count;
    },
  },
];
