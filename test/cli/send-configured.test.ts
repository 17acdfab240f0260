import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Receiver } from "../../lib/index.js";
import { fixturePath } from "../support/fixture-path.js";
import { isRunning } from "../support/is-running.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { descendantsOf, startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

const SMALL = "width: 320, height: 240";
const OUTPUTS = 'outputs: ["tcp://127.0.0.1:0"]\n';
/** One camera, imx219, at 0. */
const PI = { PATH: `${fixturePath("")}:${process.env.PATH}`, RPICAM_MODEL: "pi4" };

let directory: FileDirectory;
beforeAll(async () => {
  directory = await makeFileDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

async function configFile(name: string, text: string): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, OUTPUTS + text);
  return path;
}

describe("glasslink send --config", () => {
  it("sends each camera, the pattern for one that is not there, and ends both with Ctrl-C", async () => {
    const text = `cameras:\n  left: { device_id: 0, ${SMALL} }\n  right: { device_id: 1, ${SMALL}, hflip: true }\n`;
    const path = await configFile("both.yml", text);
    // No option names it: the variable does.
    await using cli = startCli(["send"], { env: { ...PI, CONFIG_PATH: path } });
    await cli.says(/^left: Raspberry Pi camera 0, 320x240 at 30 fps$/m);
    await cli.says(/^right: test pattern 320x240 at 30 fps, h264 by ffmpeg$/m);
    for (const id of ["left", "right"]) {
      const [, url] = await cli.says(new RegExp(`^${id}: tcp:\\S+ {2}receive with: glasslink probe (\\S+)$`, "m"));
      await using receiver = new Receiver(url as string);
      expect(await receiver.read()).toMatchObject({ width: 320, height: 240 });
    }
    const children = await descendantsOf(cli.process.pid as number);
    expect(children.length).toBeGreaterThan(1);
    cli.process.kill("SIGINT");
    const { code, stderr } = await cli.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("right: no camera with device_id 1: rpicam-vid finds 0 (imx219), and there is no");
    expect(stderr).not.toContain("left: no camera");
    // The stand-in's own child is killed by it, and not waited for.
    await expect.poll(() => children.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });

  it("goes on with the others when one has ended for good", async () => {
    const text = `cameras:\n  left: { device_id: 0 }\n  right: { camera: "pattern", ${SMALL} }\n`;
    const path = await configFile("one.yml", text);
    await using cli = startCli(["send", "--config", path, "--no-mock"]);
    const [, url] = await cli.says(/^right: tcp:\S+ {2}receive with: glasslink probe (\S+)$/m);
    await using receiver = new Receiver(url as string);
    expect(await receiver.read()).toMatchObject({ width: 320, height: 240 });
    cli.process.kill("SIGTERM");
    const { code, stderr } = await cli.ended;
    expect([code, stderr]).toEqual([143, expect.stringContaining("left: ended: no camera with device_id 0: ")]);
  });

  it("fails when all have ended for good, and says of each why", async () => {
    const path = await configFile("none.yml", "cameras: { left: { device_id: 0 }, right: { device_id: 1 } }\n");
    const { code, stdout, stderr } = await runHere(["send", "--config", path, "--no-mock", "--log-level", "silent"]);
    expect([code, stdout]).toEqual([1, ""]);
    const reason = (id: string, device: number) =>
      `${id}: no camera with device_id ${device}: rpicam-vid finds none, and there is no /dev/video${device}`;
    expect(stderr).toBe(`glasslink: ${reason("left", 0)}; ${reason("right", 1)}\n`);
  });

  it.each([
    { args: ["--no-mock"], env: {}, says: "--no-mock belongs to --config: " },
    { args: ["--config", "missing.yml"], env: {}, says: "cannot read missing.yml: ENOENT" },
    { args: [], env: { CONFIG_PATH: "missing.yml" }, says: "cannot read missing.yml: ENOENT" },
    { args: ["--config", "a.yml", "--fps", "30"], env: {}, says: "--config a.yml: the file says what --fps would say" },
    { args: ["--config", "a.yml", "--output", "tcp://:0"], env: {}, says: "the file says what --output would say" },
    { args: [], env: { SERVER_URL: "http://a" }, says: "SERVER_URL is set, but nothing says which cameras it gets;" },
    { args: ["--camera-id", "a/b"], env: {}, says: 'It must be 1 to 64 letters, digits, "_", "." or "-"' },
  ])("$args with $env is wrong usage", async ({ args, env, says }) => {
    const { code, stdout, stderr } = await runHere(["send", ...args], env as Record<string, string>);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
  });
});
