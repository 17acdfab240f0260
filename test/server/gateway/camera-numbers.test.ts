import { describe, expect, it } from "vitest";
import { CameraNumbers } from "../../../server/gateway/camera-numbers.js";

describe("CameraNumbers", () => {
  it("counts, and gives who comes back the same number", () => {
    const numbers = new CameraNumbers(3);
    expect(["a", "b"].map((id) => numbers.take(id))).toEqual([0, 1]);
    numbers.leave("a");
    expect(["c", "a"].map((id) => numbers.take(id))).toEqual([2, 0]);
  });

  it("gives away the number of who has been away longest when there is no other left", () => {
    const numbers = new CameraNumbers(3);
    for (const id of ["a", "b", "c"]) numbers.take(id);
    for (const id of ["b", "a"]) numbers.leave(id);
    expect(numbers.take("d")).toBe(1);
    expect(numbers.take("a")).toBe(0);
    numbers.leave("c");
    expect(numbers.take("b")).toBe(2);
  });
});
