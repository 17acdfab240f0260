import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { RotatingFile } from "../../cli/rotating-file.js";
import { FakeClock } from "../support/fake-clock.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";

const LINE = `${"x".repeat(99)}\n`;

/** A file that turns over after ten lines. */
async function openFile(directory: FileDirectory, name = "a.log") {
  const clock = new FakeClock();
  const troubles: string[] = [];
  const path = join(directory.path, name);
  const file = new RotatingFile(path, { clock, onTrouble: (message) => troubles.push(message), sizeBytes: 1_000 });
  await file.open();
  return { file, path, clock, troubles };
}

function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 });
}

describe("RotatingFile", () => {
  it("writes behind what the file holds, and has everything in it once it is closed", async () => {
    await using directory = await makeFileDirectory();
    await writeFile(join(directory.path, "a.log"), "before\n");
    const { file, path } = await openFile(directory);
    for (const line of ["one\n", "two\n", "three\n"]) file.write(line);
    await file.close();
    expect(await readFile(path, "utf8")).toBe("before\none\ntwo\nthree\n");
  });

  it("keeps five files of its size, the newest without a number, and no line twice", async () => {
    await using directory = await makeFileDirectory();
    const { file, path, troubles } = await openFile(directory);
    for (let line = 0; line < 75; line++) file.write(`${String(line).padStart(99, "0")}\n`);
    await file.close();
    const names = (await readdir(directory.path)).sort();
    expect(names).toEqual(["a.log", "a.log.1", "a.log.2", "a.log.3", "a.log.4"]);
    const texts = await Promise.all(names.reverse().map((name) => readFile(join(directory.path, name), "utf8")));
    const kept = texts.join("").trimEnd().split("\n").map(Number);
    expect(kept).toEqual(Array.from({ length: 45 }, (_, index) => 30 + index));
    expect((await stat(`${path}.1`)).size).toBe(1_000);
    expect(troubles).toEqual([]);
  });

  it("is for its owner and its group to read", async () => {
    await using directory = await makeFileDirectory();
    const { file, path } = await openFile(directory);
    await file.close();
    expect((await stat(path)).mode & 0o137).toBe(0);
  });

  it.each([
    { what: "a folder", name: "folder", reason: /folder cannot be written: it is not a file$/ },
    { what: "below a file", name: "file/a.log", reason: /file\/a\.log cannot be written: ENOTDIR/ },
  ])("refuses a path that is $what", async ({ name, reason }) => {
    await using directory = await makeFileDirectory();
    await mkdir(join(directory.path, "folder"));
    await writeFile(join(directory.path, "file"), "");
    const opening = openFile(directory, name);
    await expect(opening).rejects.toMatchObject({ code: "invalid-option", message: expect.stringMatching(reason) });
  });

  it("says once that lines get lost, opens the file again, and says how many were lost", async () => {
    await using directory = await makeFileDirectory();
    const { file, path, clock, troubles } = await openFile(directory);
    // A file cannot take a folder's name, so that none moves on.
    await writeFile(`${path}.3`, "");
    await mkdir(`${path}.4/inside`, { recursive: true });
    for (let line = 0; line < 10; line++) file.write(LINE);
    await until(() => troubles.length === 1);
    expect(troubles[0]).toMatch(/a\.log cannot be written, lines of the log get lost: E/);
    for (let line = 0; line < 7; line++) file.write(LINE);
    clock.advance(10_000);
    await until(() => clock.waiting === 1);
    expect(troubles).toHaveLength(1);
    await rm(`${path}.4`, { recursive: true });
    clock.advance(10_000);
    await until(() => {
      if (troubles.length === 1) file.write("again\n");
      return troubles.length === 2;
    });
    expect(troubles[1]).toMatch(/a\.log is written again; (8|9|\d\d) lines of the log were lost$/);
    await file.close();
    expect(await readFile(path, "utf8")).toMatch(/^(again\n)+$/);
    expect(clock.waiting).toBe(0);
  });

  it("holds a megabyte at most for a disk that does not keep up", async () => {
    await using directory = await makeFileDirectory();
    const { file, path, troubles } = await openFile(directory, "b.log");
    const large = `${"y".repeat(99_999)}\n`;
    // Nothing is written before this loop is over.
    for (let line = 0; line < 30; line++) file.write(large);
    expect(troubles).toEqual([expect.stringMatching(/lines of the log get lost: the disk is too slow$/)]);
    await until(() => troubles.length === 2);
    expect(troubles[1]).toMatch(/is written again; 19 lines of the log were lost$/);
    await file.close();
    expect((await readdir(directory.path)).length).toBe(5);
    expect(path).toMatch(/b\.log$/);
  });

  it("loses what comes after its end without a word", async () => {
    await using directory = await makeFileDirectory();
    const { file, path } = await openFile(directory);
    await file.close();
    file.write("late\n");
    await file.close();
    expect(await readFile(path, "utf8")).toBe("");
  });
});
