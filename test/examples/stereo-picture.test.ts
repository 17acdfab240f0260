import { describe, expect, it } from "vitest";
import { anaglyph, type Picture, sideBySide } from "../../examples/stereo-picture.js";

/** Pixels of blue, green and red, row by row. */
function picture(...rows: [blue: number, green: number, red: number][][]): Picture {
  return { data: Buffer.from(rows.flat(2)), width: rows[0]?.length ?? 0, height: rows.length };
}

const left = picture(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  [
    [7, 8, 9],
    [10, 11, 12],
  ],
);
const right = picture(
  [
    [101, 102, 103],
    [104, 105, 106],
  ],
  [
    [107, 108, 109],
    [110, 111, 112],
  ],
);

describe("the pictures of two cameras", () => {
  it("stand side by side", () => {
    expect(sideBySide(left, right)).toEqual(
      picture(
        [
          [1, 2, 3],
          [4, 5, 6],
          [101, 102, 103],
          [104, 105, 106],
        ],
        [
          [7, 8, 9],
          [10, 11, 12],
          [107, 108, 109],
          [110, 111, 112],
        ],
      ),
    );
  });

  it("lie in one picture: red of the left one, blue and green of the right one", () => {
    expect(anaglyph(left, right)).toEqual(
      picture(
        [
          [101, 102, 3],
          [104, 105, 6],
        ],
        [
          [107, 108, 9],
          [110, 111, 12],
        ],
      ),
    );
    expect(right.data[2]).toBe(103);
  });

  it.each([sideBySide, anaglyph])("are refused by %o where their sizes differ", (compose) => {
    const small = picture([[1, 2, 3]]);
    expect(() => compose(left, small)).toThrow(
      "the pictures have different sizes, the left one 2x2, the right one 1x1: let both cameras send one size",
    );
  });
});
