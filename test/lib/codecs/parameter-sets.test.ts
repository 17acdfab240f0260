import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits, splitNalUnits } from "../../../lib/codecs/annexb.js";
import { ParameterSets } from "../../../lib/codecs/parameter-sets.js";
import { streamParameters } from "../../../lib/codecs/stream-parameters.js";
import { makeStream } from "../../support/make-stream.js";
import { unitsOf } from "../../support/units-of.js";

const SETS = { h264: 2, h265: 3 } as const;

function bare(unit: AccessUnit, codec: "h264" | "h265"): AccessUnit {
  return { ...unit, data: joinNalUnits(splitNalUnits(unit.data).slice(SETS[codec])) };
}

describe.each(["h264", "h265"] as const)("ParameterSets of %s", (codec) => {
  const stream = makeStream({ codec, width: 320, height: 240, fps: 30, frames: 9, gop: 3 });

  it("puts the latest sets before keyframes that lack them", async () => {
    const [first, , , second] = unitsOf(await stream, codec) as [AccessUnit, AccessUnit, AccessUnit, AccessUnit];
    const sets = new ParameterSets();
    expect(sets.complete(first)).toBe(first);
    const completed = sets.complete(bare(second, codec));
    expect(streamParameters(completed)).toEqual(streamParameters(second));
    const head = splitNalUnits(first.data).slice(0, SETS[codec]);
    expect(splitNalUnits(completed.data).slice(0, SETS[codec])).toEqual(head);
  });

  it("takes a keyframe for none while no sets are known", async () => {
    const [first] = unitsOf(await stream, codec) as [AccessUnit];
    expect(new ParameterSets().complete(bare(first, codec)).keyframe).toBe(false);
  });

  it("puts sets that are told outside the stream before keyframes, until the stream brings its own", async () => {
    const [first] = unitsOf(await stream, codec) as [AccessUnit];
    const told = splitNalUnits(first.data).slice(0, SETS[codec]);
    const sets = new ParameterSets();
    sets.prime(codec, [...told, Buffer.of(0)]);
    expect(sets.known).toBe(true);
    expect(sets.complete(bare(first, codec))).toEqual(first);
  });

  it("passes over what is told and holds no sequence parameter set", async () => {
    const [first] = unitsOf(await stream, codec) as [AccessUnit];
    const sets = new ParameterSets();
    sets.prime(codec, [splitNalUnits(first.data)[SETS[codec] - 1] as Buffer, Buffer.of(1, 2, 3)]);
    expect(sets.known).toBe(false);
    expect(sets.complete(bare(first, codec)).keyframe).toBe(false);
  });

  it("leaves other units alone", async () => {
    const [, second] = unitsOf(await stream, codec) as [AccessUnit, AccessUnit];
    expect(new ParameterSets().complete(second)).toBe(second);
  });
});
