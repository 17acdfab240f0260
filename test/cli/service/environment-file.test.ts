import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readVariable, setVariable } from "../../../cli/service/environment-file.js";

/** The value that a real shell reads. */
function readByShell(file: string): string {
  return execFileSync("sh", ["-c", `${file}\nprintf '%s' "$X"`], { encoding: "utf8" });
}

describe("readVariable", () => {
  it.each([
    { file: "X=a", value: "a" },
    { file: "X=\n", value: "" },
    { file: "X= a  b \t\n", value: "a  b" },
    { file: " X =a\n", value: "a" },
    { file: 'X="a b"\n', value: "a b" },
    { file: "X='a b'\n", value: "a b" },
    { file: 'X="a\nb"\n', value: "a\nb" },
    { file: "X='a'\"b\"c\n", value: "abc" },
    { file: "X='a' \"b\"  c\n", value: "abc" },
    { file: "X=a'b'\n", value: "a'b'" },
    { file: 'X="\\" \\\\ \\$ \\` \\n"\n', value: '" \\ $ ` \\n' },
    { file: "X=a\\ \\b\\\nc\n", value: "a bc" },
    { file: "X='\\n$a'\n", value: "\\n$a" },
    { file: 'X="never closed', value: "never closed" },
    { file: "#X=a\n;X=b\nX\n=c\n", value: undefined },
    { file: "XX=a\nexport X=b\n", value: undefined },
    { file: "X=a\nX=b\n", value: "b" },
    { file: "Y='\nX=a\n'\n", value: undefined },
    { file: "X=a\r\n", value: "a" },
  ])("$file", ({ file, value }) => {
    expect(readVariable(file, "X")).toBe(value);
  });
});

describe("setVariable", () => {
  it.each([
    { before: "", after: 'X="1"\n' },
    { before: "# mine\nA='b", after: 'X="1"\n# mine\nA=\'b' },
    { before: "A='b\nX=c'\nX=old\nB=d\n", after: "A='b\nX=c'\nX=\"1\"\nB=d\n" },
    { before: 'X="a\nb"\n# end\n', after: 'X="1"\n# end\n' },
  ])("changes nothing else in $before", ({ before, after }) => {
    expect(setVariable(before, "X", "1")).toBe(after);
    expect(readVariable(after, "X")).toBe("1");
  });

  const values = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));

  it("is undone by readVariable, whatever the value", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(readVariable(setVariable("X=a\nA=b\n", "X", value), "X")).toBe(value);
      }),
    );
  });

  it.each([
    "a b",
    "'$HOME' `id` \"q\" \\ \\n",
    "%n",
    "--output 'rtsp://u:p'\\''$w@:8554/a b'",
    "line\nbreak",
    "#",
    " a ",
  ])("writes %s so that a real shell reads the same", (value) => {
    expect(readByShell(setVariable("", "X", value))).toBe(value);
  });

  it("reads whatever a file holds without failing", () => {
    const text = fc.string({ unit: fc.constantFrom("X", "=", "'", '"', "\\", "\n", " ", "#", "a", "\r") });
    fc.assert(
      fc.property(text, (file) => {
        expect(readVariable(setVariable(file, "Z", "v"), "Z")).toBe("v");
      }),
      { numRuns: 1_000 },
    );
  });
});
