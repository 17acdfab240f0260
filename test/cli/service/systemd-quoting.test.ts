import { describe, expect, it } from "vitest";
import { quoteArgument, quoteEnvironmentValue, quoteProgram } from "../../../cli/service/systemd-quoting.js";

describe("quoteArgument", () => {
  it.each([
    ["/usr/lib/node_modules/glasslink/dist/cli/main.js", "/usr/lib/node_modules/glasslink/dist/cli/main.js"],
    ["", '""'],
    ["a b", '"a b"'],
    ["100%n", '"100%%n"'],
    ["$HOME $", '"$$HOME $$"'],
    ['say "x"', '"say \\"x\\""'],
    ["it's", '"it\'s"'],
    ["back\\slash\\n", '"back\\\\slash\\\\n"'],
    [";", '";"'],
    ["line\nbreak\ttab", '"line\\x0abreak\\x09tab"'],
    ["ü €", '"ü €"'],
  ])("%s", (text, quoted) => {
    expect(quoteArgument(text)).toBe(quoted);
  });
});

describe("quoteProgram", () => {
  it.each([
    ["/usr/bin/node", "/usr/bin/node"],
    ["/opt/my node/100%/$x/node", '"/opt/my node/100%%/$x/node"'],
  ])("%s", (path, quoted) => {
    expect(quoteProgram(path)).toBe(quoted);
  });
});

describe("quoteEnvironmentValue", () => {
  it.each([
    ["--camera rpicam", '"--camera rpicam"'],
    ["a \"b\" $c `d` \\e 'f' %g", '"a \\"b\\" \\$c \\`d\\` \\\\e \'f\' %g"'],
    ["", '""'],
  ])("%s", (text, quoted) => {
    expect(quoteEnvironmentValue(text)).toBe(quoted);
  });
});
