import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";

const SETUP = fileURLToPath(new URL("../../scripts/setup.mjs", import.meta.url));

/** A machine that has nothing but what is put on its PATH. */
describe("npm run setup", () => {
  let machine: FileDirectory;
  let env: Record<string, string>;
  beforeEach(async () => {
    machine = await makeFileDirectory();
    env = { PATH: machine.path };
  });
  afterEach(() => machine[Symbol.asyncDispose]());

  /** Puts a program there, which notes each call. */
  async function put(name: string, script: string): Promise<void> {
    const path = join(machine.path, name);
    await writeFile(path, `#!/bin/sh\necho "${name} $*" >> "${machine.path}/calls"\n${script}\n`);
    await chmod(path, 0o755);
  }
  async function calls(): Promise<string[]> {
    const text = await readFile(join(machine.path, "calls"), "utf8").catch(() => "");
    return text
      .trim()
      .split("\n")
      .filter((line) => !/--version|--status|-version| -n true/.test(line));
  }
  function setUp(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [SETUP, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }
  const ffmpeg = (version: string): Promise<void> => put("ffmpeg", `echo "ffmpeg version ${version} Copyright"`);
  /** Debian, where installing puts an ffmpeg there. */
  async function debian(status = "install ok installed"): Promise<void> {
    await put("dpkg-query", `echo "Status: ${status}"`);
    await put(
      "apt-get",
      '[ "$1" = install ] && exec /bin/cp "$0" "$(/usr/bin/dirname "$0")/ffmpeg"\n[ "$1" = -version ] && echo "ffmpeg version 6.1"\nexit 0',
    );
    await put("env", 'shift\nexec "$@"');
    await put("sudo", 'shift\n[ "$1" = true ] || exec "$@"');
  }

  it("runs nothing when ffmpeg is new enough", async () => {
    await ffmpeg("5.1.9-0+deb12u1");
    expect(await setUp()).toEqual({ code: 0, stdout: "ffmpeg 5.1.9-0+deb12u1 is there\n", stderr: "" });
    expect(await calls()).toEqual([]);
  });

  it("installs a missing ffmpeg by apt-get, and says so", async () => {
    await debian();
    const { code, stdout, stderr } = await setUp();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ffmpeg is missing\nrunning: .*apt-get update\nrunning: .*apt-get install -y .*ffmpeg$/m);
    const ran = (await calls()).filter((line) => line.startsWith("apt-get"));
    expect(ran).toEqual(["apt-get update", "apt-get install -y --no-install-recommends ffmpeg"]);
  });

  it("only says what it would run with --dry-run", async () => {
    await debian();
    const { code, stdout } = await setUp("--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^would run: .*apt-get install -y --no-install-recommends ffmpeg$/m);
    expect(await calls()).toEqual([]);
  });

  it("names the peers that are missing, and looks before it installs", async () => {
    await ffmpeg("6.1");
    await debian("deinstall ok config-files");
    const { code, stdout } = await setUp("--peers", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^missing for the peer tests: gstreamer1.0-tools .* libopencv-dev g\+\+ make$/m);
    await debian();
    expect(await setUp("--peers")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("everything for the peer"),
    });
    expect(await calls()).toEqual([]);
  });

  it("uses brew where that is what there is", async () => {
    await put("brew", "exit 0");
    const { code, stdout, stderr } = await setUp();
    expect(stdout).toContain("running: brew install ffmpeg\n");
    // This brew installs nothing.
    expect([code, stderr]).toEqual([1, expect.stringContaining("ffmpeg is missing, even now")]);
    expect(await calls()).toEqual(["brew install ffmpeg"]);
  });

  it.each([
    { args: [], says: "neither apt-get nor brew nor winget is here; install ffmpeg 5.1 or newer" },
    { args: ["--peers"], says: "known for Debian and Ubuntu only" },
  ])("says what to do where it knows no way: $args", async ({ args, says }) => {
    await ffmpeg("4.4.2");
    const { code, stderr } = await setUp(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  });

  it("installs nothing where FFMPEG_PATH names a file that is none, and names it", async () => {
    await debian();
    env.FFMPEG_PATH = "/nowhere/ffmpeg";
    const { code, stdout, stderr } = await setUp();
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(/^FFMPEG_PATH names \/nowhere\/ffmpeg, /)]);
  });

  it("refuses an unknown option with exit code 2", async () => {
    const { code, stderr } = await setUp("--pears");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^--pears is unknown\n\nUsage: npm run setup/)]);
  });
});
