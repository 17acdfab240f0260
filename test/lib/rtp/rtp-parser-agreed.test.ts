import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { RtpParser, type RtpParserOptions } from "../../../lib/rtp/rtp-parser.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { makePacket, NALS } from "./make-packet.js";

interface Step {
  nal: Buffer;
  timestamp: number;
  /** How many packets are missing before it. */
  missing?: number;
  ssrc?: number;
  payloadType?: number;
}

/** What a parser makes of pictures of one packet each, numbered on. */
function parse(options: Omit<RtpParserOptions, "sink">, steps: readonly Step[]) {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, codec: "h264", ...options });
  let sequence = 0;
  for (const { nal, missing = 0, ...fields } of steps) {
    sequence += missing;
    parser.push(makePacket({ ...fields, sequence: sequence++, payload: nal, marker: true }), 0);
    parser.flush(Number.POSITIVE_INFINITY);
  }
  return { units: sink.units.map(({ data }) => data), lost: sink.lostCount, discarded: sink.discardedBytes };
}

const data = (...nals: Buffer[]): Buffer => joinNalUnits(nals);

describe("RtpParser where parameter sets are known from elsewhere", () => {
  const known = { parameterSetsKnown: true };
  const KEY = { nal: NALS.keySlice(1), timestamp: 1 };

  it("takes a first slice for the beginning of a picture when it joins", () => {
    expect(parse({}, [KEY]).units).toEqual([]);
    expect(parse(known, [KEY]).units).toEqual([data(NALS.keySlice(1))]);
    expect(parse(known, [{ nal: NALS.furtherSlice(1), timestamp: 1 }]).units).toEqual([]);
  });

  it("does so behind a gap, and counts what the gap swallowed", () => {
    const steps = [KEY, { nal: NALS.keySlice(2), timestamp: 2, missing: 1 }];
    expect(parse(known, steps)).toMatchObject({ units: [data(NALS.keySlice(1)), data(NALS.keySlice(2))], lost: 1 });
  });

  it("does not where the keyframe before had parameter sets inside: then this one has lost its own", () => {
    const steps = [
      { nal: NALS.sps(), timestamp: 1 },
      { nal: NALS.keySlice(1), timestamp: 1 },
      { nal: NALS.keySlice(2), timestamp: 2, missing: 1 },
      { nal: NALS.keySlice(3), timestamp: 3 },
    ];
    const { units, lost } = parse(known, steps);
    expect(units).toEqual([data(NALS.sps(), NALS.keySlice(1)), data(NALS.keySlice(3))]);
    expect(lost).toBe(1);
  });
});

describe("RtpParser where the payload type is agreed on", () => {
  it("passes over every other", () => {
    const steps = [
      { nal: NALS.sps(), timestamp: 1, payloadType: 0 },
      { nal: NALS.sps(), timestamp: 1, payloadType: 5 },
      { nal: NALS.keySlice(1), timestamp: 1, payloadType: 5 },
    ];
    expect(parse({ payloadType: 5 }, steps)).toEqual({
      ...{ units: [data(NALS.sps(), NALS.keySlice(1))], lost: 0, discarded: NALS.sps().length + 12 },
    });
  });

  it("does not let packets of another type change the SSRC", () => {
    const steps = [
      { nal: NALS.sps(), timestamp: 1 },
      ...Array.from({ length: 9 }, () => ({ nal: NALS.slice(7), timestamp: 1, payloadType: 97, ssrc: 5 })),
      { nal: NALS.keySlice(1), timestamp: 1 },
    ];
    expect(parse({ payloadType: 96, oneSender: true }, steps).units).toHaveLength(0);
    const numbered = steps.map((step, index) => ({ ...step, missing: index === 10 ? -9 : 0 }));
    expect(parse({ payloadType: 96, oneSender: true }, numbered).units).toEqual([data(NALS.sps(), NALS.keySlice(1))]);
  });
});

describe("RtpParser of one sender", () => {
  it("goes on at once when the sender takes another SSRC, and loses nothing of it", () => {
    const steps = [
      { nal: NALS.sps(), timestamp: 1 },
      { nal: NALS.keySlice(1), timestamp: 1 },
      { nal: NALS.sps(), timestamp: 9, ssrc: 2 },
      { nal: NALS.keySlice(2), timestamp: 9, ssrc: 2 },
    ];
    const expected = [data(NALS.sps(), NALS.keySlice(1)), data(NALS.sps(), NALS.keySlice(2))];
    expect(parse({ oneSender: true }, steps)).toMatchObject({ units: expected, lost: 1 });
    expect(parse({}, steps).units).toHaveLength(1);
  });
});
