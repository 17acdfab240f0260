import { describe, expect, it } from "vitest";
import { Backlog } from "../../../server/outputs/backlog.js";

describe("Backlog", () => {
  it("tells the age of the oldest byte that has not arrived", () => {
    const backlog = new Backlog();
    backlog.wrote(100, 1_000);
    backlog.wrote(100, 1_040);
    expect(backlog.ageMs(1_050)).toBe(50);
    backlog.arrived(99);
    expect(backlog.ageMs(1_050)).toBe(50);
    backlog.arrived(100);
    expect(backlog.ageMs(1_050)).toBe(10);
    backlog.arrived(200);
    expect(backlog.ageMs(1_050)).toBe(0);
  });

  it("counts what waits, and is not led astray by impossible reports", () => {
    const backlog = new Backlog();
    backlog.wrote(100, 0);
    backlog.arrived(60);
    backlog.arrived(-20);
    expect(backlog.waiting).toBe(40);
    backlog.arrived(1_000);
    expect(backlog.waiting).toBe(0);
    expect(backlog.written).toBe(100);
  });

  it("takes writes within 10 ms as one, by the age of the first", () => {
    const backlog = new Backlog();
    backlog.wrote(100, 0);
    backlog.wrote(100, 9);
    backlog.arrived(100);
    expect(backlog.ageMs(20)).toBe(20);
    backlog.arrived(200);
    expect(backlog.ageMs(20)).toBe(0);
  });
});
