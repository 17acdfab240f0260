import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { JOURNAL_FORM, leadsToJournal } from "../../cli/stderr-form.js";
import { makeFileDirectory } from "../support/make-file.js";

describe("the journal's form", () => {
  it.each([
    { level: 20, prefix: "<7>" },
    { level: 30, prefix: "<6>" },
    { level: 40, prefix: "<4>" },
    { level: 50, prefix: "<3>" },
  ])("gives pino's level $level the priority $prefix", ({ level, prefix }) => {
    const json = JSON.stringify({ level, time: 0, code: "stalled", msg: "no picture" });
    expect(JOURNAL_FORM.line(json)).toBe(`${prefix}no picture code=stalled\n`);
  });

  it("makes one line of a message with several", () => {
    expect(JOURNAL_FORM.line(JSON.stringify({ level: 30, time: 0, msg: "a\n<0>b" }))).toBe("<6>a\\x0a<0>b\n");
  });

  it("gives each line of a failure its priority", () => {
    expect(JOURNAL_FORM.failure("glasslink: TypeError\n\n    at send\n")).toBe(
      "<3>glasslink: TypeError\n\n<3>    at send\n",
    );
  });
});

describe("leadsToJournal", () => {
  it("is true for the stream that the variable names, and for no other", async () => {
    await using directory = await makeFileDirectory();
    await using file = await open(join(directory.path, "stderr"), "w");
    const { dev, ino } = await file.stat({ bigint: true });
    expect(leadsToJournal(`${dev}:${ino}`, file.fd)).toBe(true);
    expect(leadsToJournal(`${dev}:${ino + 1n}`, file.fd)).toBe(false);
    expect(leadsToJournal(undefined, file.fd)).toBe(false);
  });

  it("is false for a stream that is closed", async () => {
    expect(leadsToJournal("1:2", 1_000_000)).toBe(false);
  });
});
