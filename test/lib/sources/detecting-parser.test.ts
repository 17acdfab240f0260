import { describe, expect, it } from "vitest";
import { DetectingParser } from "../../../lib/sources/detecting-parser.js";
import { createPacker } from "../../../server/outputs/create-packer.js";
import { makeStream } from "../../support/make-stream.js";
import { unitsOf } from "../../support/units-of.js";

const stream = await makeStream({ codec: "h264", width: 1280, height: 720, fps: 30, frames: 20, gop: 5 });
const units = unitsOf(stream, "h264").map((unit, index) => ({ ...unit, receivedAtMs: (index * 1_000) / 30 }));

describe("DetectingParser", () => {
  it.each(["raw", "rtp", "ts"] as const)("knows %s datagrams wherever it begins to listen", (format) => {
    const packer = createPacker(format, "h264");
    const datagrams = units.flatMap((unit) => packer.pack(unit));
    const understood = Array.from({ length: datagrams.length / 2 }, (_, start) => {
      let pictures = 0;
      const sink = { unit: () => void pictures++, lost: () => {}, discarded: () => {} };
      const parser = new DetectingParser({ transport: "datagram", sink });
      for (const [index, datagram] of datagrams.slice(start).entries()) parser.push(datagram, index);
      return pictures > 0;
    });
    expect(understood).not.toContain(false);
  });
});
