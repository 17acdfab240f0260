import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinWords, splitWords } from "../../../cli/service/shell-words.js";

/** How a real shell splits it. */
function splitByShell(text: string): string[] {
  const output = execFileSync("sh", ["-c", `printf '%s\\0' ${text}`], { encoding: "utf8" });
  return output.split("\0").slice(0, -1);
}

describe("splitWords", () => {
  it.each([
    { text: "", words: [] },
    { text: "  \n", words: [] },
    { text: "--camera rpicam\t--hflip", words: ["--camera", "rpicam", "--hflip"] },
    { text: "'a b' \"c d\" e\\ f", words: ["a b", "c d", "e f"] },
    { text: "a'b'\"c\"d", words: ["abcd"] },
    { text: "'' \"\"", words: ["", ""] },
    { text: "'$HOME \\'", words: ["$HOME \\"] },
    { text: '"\\$a \\" \\\\ \\` \\n"', words: ['$a " \\ ` \\n'] },
    { text: "a \\\n b\\\nc \"d\\\ne\" 'f\ng'", words: ["a", "bc", "de", "f\ng"] },
    { text: "rtsp://:8554/stream%20?a=1", words: ["rtsp://:8554/stream%20?a=1"] },
  ])("$text", ({ text, words }) => {
    expect(splitWords(text)).toEqual(words);
    if (words.length > 0) expect(splitByShell(text)).toEqual(words);
  });

  it.each([
    { text: "--output 'a", message: "the quote ' is never closed (character 10 of 11)" },
    { text: 'a "b', message: 'the quote " is never closed (character 3 of 4)' },
    { text: "a\\", message: "the backslash at the end escapes nothing (character 2 of 2)" },
  ])("refuses $text, and shows nothing of it", ({ text, message }) => {
    expect(() => splitWords(text)).toThrow(expect.objectContaining({ code: "invalid-option", message }));
  });
});

describe("joinWords", () => {
  it("leaves words without anything special readable, and quotes the others", () => {
    expect(joinWords(["--output", "tcp://:8000", "a b", "it's", "", "x?y&z"])).toBe(
      "--output tcp://:8000 'a b' 'it'\\''s' '' 'x?y&z'",
    );
  });

  const words = fc.array(fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0")));

  it("is undone by splitWords, whatever the words", () => {
    fc.assert(
      fc.property(words, (given) => {
        expect(splitWords(joinWords(given))).toEqual(given);
      }),
    );
  });

  it("is undone by a real shell as well", () => {
    const given = [...fc.sample(words, 50).flat(), "$(id) `id` $HOME", "\\", "*", "~", "#", ";", "%n", '"\'"'];
    expect(splitByShell(joinWords(given))).toEqual(given);
  });
});
