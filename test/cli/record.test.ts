import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Sender } from "../../server/index.js";
import { isRunning } from "../support/is-running.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { descendantsOf, startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

/** On a busy machine the sender's pictures may come late, which a warning would tell. */
const QUIET = ["--log-level", "error"];

/** Number and size of the pictures of a file that decode. */
async function decodeAll(path: string): Promise<{ pictures: number; size: string }> {
  const entries = "stream=nb_read_frames,width,height";
  const args = ["-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", entries];
  const { stdout } = await promisify(execFile)("ffprobe", [...args, "-of", "csv=p=0", path]);
  const [width, height, pictures] = stdout.split("\n", 1)[0]?.split(",") ?? [];
  return { pictures: Number(pictures), size: `${width}x${height}` };
}

describe("glasslink record", () => {
  let sender: Sender;
  let url: string;
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
    // Groups of pictures that are longer than what is recorded: what is on disk must not wait for their end. All of one
    // stays with the sender, so that who comes late gets it too.
    const camera = { kind: "pattern", width: 320, height: 240, gop: 600 } as const;
    sender = new Sender({ camera, outputs: ["tcp://127.0.0.1:0"] });
    await sender.ready;
    url = sender.outputs[0]?.url as string;
  });
  afterAll(async () => {
    await sender.close();
    await directory[Symbol.asyncDispose]();
  });

  it("records so many seconds and says what is in the file", async () => {
    const path = join(directory.path, "short.mp4");
    const { code, stdout, stderr } = await runHere(["record", url, "-o", path, "--seconds", "0.5", ...QUIET]);
    expect([code, stderr]).toEqual([0, ""]);
    const { pictures, size } = await decodeAll(path);
    expect(stdout).toMatch(new RegExp(`^${path}  0\\.\\d s, ${pictures} pictures, [\\d.]+ MB\\n$`));
    expect(size).toBe("320x240");
    expect(Math.abs(pictures - 16)).toBeLessThanOrEqual(3);
  });

  it("refuses to overwrite a file, unless it is told to", async () => {
    const path = await directory.make({ name: "there.mp4", encoder: ["-c:v", "libx264"] });
    const refused = await runHere(["record", url, "-o", path, "--seconds", "0.2"]);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/exists already; --force/) });
    expect((await decodeAll(path)).pictures).toBe(20);
    const forced = await runHere(["record", url, "-o", path, "--seconds", "0.2", "--force", ...QUIET]);
    expect(forced).toMatchObject({ code: 0, stderr: "" });
    expect((await decodeAll(path)).pictures).toBeLessThan(15);
  });

  it.concurrent.each(["mp4", "mkv", "ts"])(
    "leaves a .%s that plays when everything is killed midway",
    async (ending) => {
      const path = join(directory.path, `killed.${ending}`);
      await using cli = startCli(["record", url, "-o", path, ...QUIET], { group: true });
      const pid = cli.process.pid as number;
      await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(40_000), { timeout: 25_000 });
      process.kill(-pid, "SIGKILL");
      expect(await cli.ended).toMatchObject({ signal: "SIGKILL" });
      expect((await decodeAll(path)).pictures).toBeGreaterThan(10);
    },
  );

  it("completes the file on Ctrl-C and leaves no child", async () => {
    const path = join(directory.path, "interrupted.mp4");
    await using cli = startCli(["record", url, "-o", path, ...QUIET], { group: true });
    await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(40_000), { timeout: 25_000 });
    const children = await descendantsOf(cli.process.pid as number);
    // As a terminal does it: to the whole group.
    process.kill(-(cli.process.pid as number), "SIGINT");
    const { code, stdout, stderr } = await cli.ended;
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toContain(`, ${(await decodeAll(path)).pictures} pictures, `);
    expect(children.filter(isRunning)).toEqual([]);
  });

  it("gives up when no picture comes, with the reason", async () => {
    const path = join(directory.path, "nothing.mp4");
    const args = ["record", "tcp://127.0.0.1:1", "-o", path, "--timeout", "0.3", ...QUIET];
    const { code, stderr } = await runHere(args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^glasslink: no picture in 0\.3 s: .*refused.*\n$/)]);
  });
});
