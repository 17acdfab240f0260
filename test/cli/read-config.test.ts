import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkConfig, configObject } from "../../cli/check-config.js";
import { readYaml } from "../../cli/read-yaml.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";

let directory: FileDirectory;
beforeAll(async () => {
  directory = await makeFileDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

async function file(text: string): Promise<string> {
  const path = join(directory.path, "test.yml");
  await writeFile(path, text);
  return path;
}

async function reasonOf(text: string): Promise<string> {
  const path = await file(text);
  const error = (await readYaml(path).catch((reason: Error) => reason)) as Error;
  expect(error).toMatchObject({ name: "StreamError", code: "invalid-option" });
  return error.message.replace(path, "FILE");
}

describe("readYaml", () => {
  it("gives what the file holds", async () => {
    expect(await readYaml(await file("port: 80\nids: [a, b]\n"))).toEqual({ port: 80, ids: ["a", "b"] });
    expect(await readYaml(await file("# nothing\n"))).toBeNull();
  });

  it("names the line of a mistake, and shows nothing of it", async () => {
    const reason = await reasonOf("port: 80\ntoken: 'open sesame\n");
    expect(reason).toMatch(/^FILE, line 3, column 1: Missing closing 'quote$/);
    expect(await reasonOf("a: 1\na: 2\n")).toMatch(/^FILE, line 2, column 1: Map keys must be unique$/);
  });

  it("refuses what grows without bound, and what is no file", async () => {
    const lists = Array.from(
      { length: 12 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(10).fill(`*l${n}`).join(", ")}]`,
    );
    expect(await reasonOf(`l0: &l0 [x]\n${lists.join("\n")}\n`)).toMatch(/alias/i);
    expect(await reasonOf(`a: "${"x".repeat(1024 * 1024)}"`)).toMatch(/holds 1048581 characters; 1048576 are allowed/);
    await expect(readYaml("/missing.yml")).rejects.toThrow("cannot read /missing.yml: ENOENT");
  });
});

describe("checkConfig", () => {
  const schema = configObject({
    port: z.int("must be a port").optional(),
    token: z.string("must be text").optional(),
    cameras: z.array(configObject({ id: z.string("must be text") }), "must be a list").optional(),
  });

  it.each([
    { value: { port: "x" }, says: 'a.yml: port = "x": must be a port' },
    { value: { token: 12345 }, says: "a.yml: token = ***: must be text" },
    { value: { cameras: [{ id: "a" }, { id: 5 }] }, says: "a.yml: cameras[1].id = 5: must be text" },
    { value: { cameras: [{ id: "a", uri: "b" }] }, says: 'a.yml: cameras[0]: "uri" is unknown; allowed: id' },
    { value: { cameras: [{}] }, says: "a.yml: cameras[0].id: must be text" },
    { value: { ports: 1 }, says: 'a.yml: "ports" is unknown; allowed: port, token, cameras' },
    { value: ["secret"], says: "a.yml: must be a mapping with port, token, cameras" },
  ])("$says", ({ value, says }) => {
    expect(() => checkConfig(schema, value, "a.yml")).toThrow(says);
  });

  it("gives what is right", () => {
    expect(checkConfig(schema, { port: 80 }, "a.yml")).toEqual({ port: 80 });
  });
});
