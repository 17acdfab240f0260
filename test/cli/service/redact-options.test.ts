import { describe, expect, it } from "vitest";
import { redactOptions } from "../../../cli/service/redact-options.js";
import { joinWords } from "../../../cli/service/shell-words.js";
import { quoteEnvironmentValue } from "../../../cli/service/systemd-quoting.js";

describe("redactOptions", () => {
  it.each(["hunter2", "two words", "it's", '"quoted"', "a'b'c d", "back\\slash"])("hides the token %s", (token) => {
    const words = joinWords(["--camera", "pattern", "--token", token, "--fps", "30"]);
    expect(redactOptions(words)).toBe("--camera pattern --token *** --fps 30");
    const line = `+ OPTIONS=${quoteEnvironmentValue(words)}`;
    expect(redactOptions(line)).toBe('+ OPTIONS="--camera pattern --token *** --fps 30"');
  });

  it.each([`OPTIONS='--token "hunter2"'`, `OPTIONS="--token \\"hunter2\\""`, "OPTIONS=--token\\ hunter2"])(
    "hides one that people wrote: %s",
    (line) => {
      expect(redactOptions(line)).not.toContain("hunter2");
    },
  );

  it("hides one that stands behind =, and passwords in URLs", () => {
    const line = joinWords(["--token=hunter2", "--output", "rtsp://ann:hunter3@:8554/stream"]);
    expect(redactOptions(line)).toBe("--token=*** --output rtsp://ann:***@:8554/stream");
    expect(redactOptions(joinWords(["--token=two words", "--fps"]))).toBe("'--token=***' --fps");
    expect(redactOptions(joinWords(["--token=a\"b'c", "--fps"]))).toBe("'--token=***' --fps");
  });
});
