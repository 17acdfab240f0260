import { describe, expect, it } from "vitest";
import type { LogLevel } from "../../cli/log-levels.js";
import { createLogger } from "../../cli/logger.js";

function logging(level: LogLevel) {
  const lines: string[] = [];
  return { lines, logger: createLogger(level, (line) => lines.push(line)) };
}

describe("createLogger", () => {
  it("gives one JSON object a line", () => {
    const { lines, logger } = logging("info");
    logger.warn({ code: "stalled" }, "no picture");
    expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)]);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: 40,
      time: expect.any(Number),
      code: "stalled",
      msg: "no picture",
    });
  });

  it("lets no password through, neither in the message nor in details", () => {
    const { lines, logger } = logging("debug");
    for (const level of ["debug", "info", "warn", "error"] as const) {
      logger[level]({ url: "rtsp://a:hunter2@b/" }, `${level}: cannot open srt://b:9000?passphrase=hunter2`);
    }
    expect(lines).toHaveLength(4);
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("tells a trouble that repeats itself once, and again after something else", () => {
    const { lines, logger } = logging("info");
    for (const attempt of [1, 2, 3]) logger.warn({ attempt }, "refused");
    logger.info({}, "connected");
    logger.warn({ attempt: 4 }, "refused");
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["refused", "connected", "refused"]);
  });

  it("tells of each client, though their lines differ only in details", () => {
    const { lines, logger } = logging("info");
    for (const client of ["a", "a", "b"]) logger.info({ client }, "client connected");
    expect(lines.map((line) => JSON.parse(line).client)).toEqual(["a", "b"]);
  });

  it("leaves out what is below its level", () => {
    const { lines, logger } = logging("warn");
    logger.debug({}, "a");
    logger.info({}, "b");
    logger.error({}, "c");
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["c"]);
  });
});
