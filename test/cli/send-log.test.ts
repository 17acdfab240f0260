import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { fixturePath } from "../support/fixture-path.js";
import { makeFileDirectory } from "../support/make-file.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const OUTPUT = ["--output", "tcp://127.0.0.1:0"];

describe("glasslink send --log-file", () => {
  it("holds what was printed and how it ended, also after Ctrl-C", async () => {
    await using directory = await makeFileDirectory();
    const path = join(directory.path, "camera.log");
    await using cli = startCli(["send", "--camera", "pattern", ...OUTPUT, "--log-file", path]);
    const [, url] = await cli.says(/receive with: glasslink probe (\S+)\n/);
    cli.process.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 130 });
    const text = await readFile(path, "utf8");
    expect(text).toContain(`info  ${url}  receive with: glasslink probe ${url}\n`);
    expect(text).toMatch(/ info {2}ends exitCode=130\n$/);
    expect(await readFile(join(directory.path, "camera_errors.log"), "utf8")).not.toContain("info");
  });

  it("tells that a camera fell silent, and that it is back", async () => {
    await using directory = await makeFileDirectory();
    const path = join(directory.path, "camera.log");
    const env = { PATH: `${fixturePath("")}:${process.env.PATH}`, RPICAM_FAULT: "stall" };
    await using _cli = startCli(["send", "--camera", "rpicam", ...OUTPUT, "--log-file", path], { env });
    const text = await vi.waitFor(
      async () => {
        const written = await readFile(path, "utf8");
        expect(written).toContain("pictures again");
        return written;
      },
      { timeout: 25_000, interval: 50 },
    );
    const name = "Raspberry Pi camera 0, 640x480 at 30 fps";
    expect(text).toContain(` warn  ${name}: no picture for 2000 ms; starting it again code=stalled\n`);
    expect(text).toMatch(new RegExp(` info {2}${name}: pictures again, after \\d+\\.\\d s and 1 restart awayMs=\\d+`));
    expect(await readFile(join(directory.path, "camera_errors.log"), "utf8")).toContain("starting it again");
  });

  it("has the reason of a failure among the errors", async () => {
    await using directory = await makeFileDirectory();
    const path = join(directory.path, "camera.log");
    const { code, stderr } = await runHere(["send", "--camera", "file:none.mp4", ...OUTPUT, "--log-file", path]);
    expect(code).toBe(2);
    const reason = /^glasslink: (.*)\n$/m.exec(stderr)?.[1] as string;
    const errors = await readFile(join(directory.path, "camera_errors.log"), "utf8");
    expect(errors).toContain(`Z error ${reason}\n`);
    expect(await readFile(path, "utf8")).toContain(errors);
  });

  it("is refused before anything is sent when it cannot be written", async () => {
    const args = ["send", "--camera", "pattern", ...OUTPUT, "--log-file", "/none/camera.log"];
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("glasslink: --log-file: /none/camera.log: the folder /none does not exist\n");
  });
});

describe("glasslink send, where stderr is the journal", () => {
  it("writes lines with priorities", async () => {
    await using directory = await makeFileDirectory();
    const path = join(directory.path, "journal");
    await using file = await open(path, "w");
    const { dev, ino } = await file.stat({ bigint: true });
    const args = ["send", "--camera", "file:none.mp4", ...OUTPUT, "--log-level", "debug"];
    const env = { ...process.env, JOURNAL_STREAM: `${dev}:${ino}` };
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", file.fd], env });
    expect(await once(child, "close")).toEqual([2, null]);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines.at(-1)).toMatch(/^<3>glasslink: .*none\.mp4/);
    expect(lines.filter((line) => !/^<[3467]>[^{]/.test(line))).toEqual([]);
  });
});
