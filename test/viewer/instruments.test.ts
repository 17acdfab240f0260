import { describe, expect, it } from "vitest";
import { compassMarks } from "../../viewer/overlay/compass-marks.js";
import { graphScale } from "../../viewer/overlay/graph-scale.js";
import { horizonOf } from "../../viewer/overlay/horizon.js";

describe("compassMarks", () => {
  const at = (headingDeg: number, label: string): { x: number; y: number } => {
    const mark = compassMarks(headingDeg).find((candidate) => candidate.label === label);
    return { x: mark?.x ?? Number.NaN, y: mark?.y ?? Number.NaN };
  };

  it.for([
    [0, "N", 0, -1],
    [0, "E", 1, 0],
    [90, "E", 0, -1],
    [90, "N", -1, 0],
    [180, "N", 0, 1],
    [271, "W", -Math.sin(Math.PI / 180), -Math.cos(Math.PI / 180)],
    [-90, "W", 0, -1],
    [450, "E", 0, -1],
  ] as const)("shows the heading %d at the top: %s", ([headingDeg, label, x, y]) => {
    expect(at(headingDeg, label).x).toBeCloseTo(x, 9);
    expect(at(headingDeg, label).y).toBeCloseTo(y, 9);
  });

  it("has a mark every 10°, of which four are letters and eight numbers", () => {
    const marks = compassMarks(0);
    expect(marks).toHaveLength(36);
    expect(marks.map(({ label }) => label).filter((label) => label !== "")).toEqual([
      ...["N", "3", "6", "E", "12", "15", "S", "21", "24", "W", "30", "33"],
    ]);
  });
});

describe("horizonOf", () => {
  it("is level in the middle when the vehicle is level", () => {
    const { rotation, y, rungs } = horizonOf({ rollDeg: 0, pitchDeg: 0 });
    expect({ rotation: Math.abs(rotation), y }).toEqual({ rotation: 0, y: 0 });
    expect(rungs.map(({ pitchDeg }) => pitchDeg)).toEqual([-25, -20, -15, -10, -5, 5, 10, 15, 20, 25]);
  });

  it("sinks when the nose goes up", () => {
    const { y, rungs } = horizonOf({ rollDeg: 0, pitchDeg: 15 });
    expect(y).toBe(0.5);
    expect(rungs.find(({ pitchDeg }) => pitchDeg === 15)?.y).toBe(0);
  });

  it("tips to the left when the vehicle rolls to the right", () => {
    expect(horizonOf({ rollDeg: 90, pitchDeg: 0 }).rotation).toBeCloseTo(-Math.PI / 2, 9);
  });

  it("leaves the instrument when the nose points up", () => {
    const { y, rungs } = horizonOf({ rollDeg: 0, pitchDeg: 90 });
    expect(y).toBeGreaterThan(1);
    expect(rungs.at(-1)).toEqual({ pitchDeg: 90, y: 0, hasLabel: true });
  });
});

describe("graphScale", () => {
  it.for([
    [0, 10],
    [Number.NaN, 10],
    [10, 10],
    [10.1, 20],
    [99, 100],
    [100, 100],
    [101, 200],
    [4_266, 5_000],
  ])("%d ms fits under %d ms", ([highestMs, expected]) => {
    expect(graphScale(highestMs as number)).toBe(expected);
  });
});
