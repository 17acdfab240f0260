import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SdpFile } from "../../../server/outputs/sdp-file.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";

describe("SdpFile", () => {
  let folder: FileDirectory;
  let path: string;
  beforeEach(async () => {
    folder = await makeFileDirectory();
    path = join(folder.path, "camera.sdp");
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  it("is written only when the text changes", async () => {
    const file = new SdpFile(path);
    expect([await file.update("v=0"), await file.update("v=0"), await file.update("v=1")]).toEqual([true, false, true]);
    expect(await readFile(path, "utf8")).toBe("v=1");
  });

  it("leaves nothing behind when it cannot be written, and is written by the next try", async () => {
    await mkdir(path);
    const file = new SdpFile(path);
    await expect(file.update("v=0")).rejects.toThrow("camera.sdp");
    expect(await readdir(folder.path)).toEqual(["camera.sdp"]);
    await rmdir(path);
    expect(await file.update("v=0")).toBe(true);
    expect(await readFile(path, "utf8")).toBe("v=0");
  });
});
