import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Sender } from "../../server/index.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

/** Pixels of a picture file, rgb24, read by ffmpeg. */
async function pixelsOf(path: string): Promise<Buffer> {
  const args = ["-v", "error", "-pattern_type", "none", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
  const { stdout } = await promisify(execFile)("ffmpeg", args, { encoding: "buffer", maxBuffer: 2 ** 24 });
  return stdout;
}

describe("glasslink snapshot", () => {
  let sender: Sender;
  let url: string;
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
    const camera = { kind: "pattern", width: 320, height: 240 } as const;
    sender = new Sender({ camera, outputs: ["tcp://127.0.0.1:0"] });
    await sender.ready;
    url = sender.outputs[0]?.url as string;
  });
  afterAll(async () => {
    await sender.close();
    await directory[Symbol.asyncDispose]();
  });

  it.each([
    { ending: "png", magic: "89504e" },
    { ending: "jpg", magic: "ffd8ff" },
  ])("writes the newest picture as .$ending", async ({ ending, magic }) => {
    // A name that ffmpeg by itself would take for a protocol and for a numbered row of files.
    const path = join(directory.path, `cam:1-%d.${ending}`);
    const sentBefore = sender.stats().units;
    const { code, stdout, stderr } = await runHere(["snapshot", url, "-o", path]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${path}  320x240\n`, stderr: "" });
    expect((await readFile(path)).toString("hex", 0, 3)).toBe(magic);
    // The pattern numbers its pictures from 0, as the sender counts them.
    const counter = readFrameCounter(await pixelsOf(path), 320, 240);
    expect(counter).toBeGreaterThanOrEqual(sentBefore);
    expect(counter).toBeLessThan(sender.stats().units);
  });

  it("says why there is no picture, in one line", async () => {
    const path = join(directory.path, "none.png");
    const { code, stderr } = await runHere(["snapshot", "tcp://127.0.0.1:1", "-o", path, "--timeout", "0.3"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^glasslink: no picture in 0\.3 s: .*refused.*\n$/)]);
  });

  it("says nothing when it is ended while it waits for a picture", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    await using cli = startCli(["snapshot", `tcp://127.0.0.1:${port}`, "-o", join(directory.path, "none.png")]);
    await once(silent, "connection");
    cli.process.kill("SIGINT");
    expect(await cli.ended).toEqual({ code: 130, signal: null, stdout: "", stderr: "" });
    silent.close();
  });

  it("says why the file cannot be written, in one line", async () => {
    const path = join(directory.path, "no such folder", "a.png");
    const { code, stderr } = await runHere(["snapshot", url, "-o", path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^glasslink: .*a\.png: the folder .*no such folder does not exist\n$/);
  });
});
