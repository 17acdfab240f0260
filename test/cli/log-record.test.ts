import { describe, expect, it } from "vitest";
import { describeRecord, readRecord, redactDetails } from "../../cli/log-record.js";

const record = { level: "info", timeMs: 0, message: "client gone", details: {} } as const;

describe("readRecord", () => {
  it.each([
    { number: 20, level: "debug" },
    { number: 30, level: "info" },
    { number: 40, level: "warn" },
    { number: 50, level: "error" },
  ])("takes apart a line of level $number", ({ number, level }) => {
    const line = `{"level":${number},"time":1700000000000,"code":"stalled","msg":"no picture"}\n`;
    expect(readRecord(line)).toEqual({
      level,
      timeMs: 1_700_000_000_000,
      message: "no picture",
      details: { code: "stalled" },
    });
  });
});

describe("describeRecord", () => {
  it.each([
    { details: {}, line: "client gone" },
    { details: { url: "tcp://:8000", bytes: 7 }, line: "client gone url=tcp://:8000 bytes=7" },
    { details: { path: "my file", empty: "" }, line: 'client gone path="my file" empty=""' },
    { details: { sum: "a=b", said: 'a"b' }, line: 'client gone sum="a=b" said="a\\"b"' },
    { details: { args: ["-i", "x"], inner: { a: null } }, line: 'client gone args=["-i","x"] inner={"a":null}' },
  ])("writes $line", ({ details, line }) => {
    expect(describeRecord({ ...record, details })).toBe(line);
  });

  it("cuts long details, but not when debugging", () => {
    const details = { commandLine: `ffmpeg ${"-x ".repeat(100)}` };
    expect(describeRecord({ ...record, details })).toMatch(/^client gone commandLine="ffmpeg [-x ]{112}…$/);
    expect(describeRecord({ ...record, level: "debug", details })).toMatch(/ commandLine="ffmpeg [-x ]{300}"$/);
  });

  it("leaves no control character, so that no line can be forged", () => {
    const hostile = { ...record, message: "agent\n<0>panic\u001b[31m\u0085", details: { agent: "a\r\nb\u0000" } };
    expect(describeRecord(hostile)).toBe('agent\\x0a<0>panic\\x1b[31m\\x85 agent="a\\r\\nb\\u0000"');
  });
});

describe("redactDetails", () => {
  it("takes passwords out of strings however deep, and leaves the rest as JSON can hold it", () => {
    const url = "rtsp://ann:hunter2@cam/stream";
    expect(redactDetails({ url, deep: { list: ["-i", url, 5, null] }, port: 8000n })).toEqual({
      url: "rtsp://ann:***@cam/stream",
      deep: { list: ["-i", "rtsp://ann:***@cam/stream", 5, null] },
      port: 8000,
    });
  });
});
