import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTlsFiles } from "../../../server/web/tls-files.js";
import { makeFileDirectory } from "../../support/make-file.js";

describe("readTlsFiles", () => {
  it("reads both, and nothing where there is no path", async () => {
    await using directory = await makeFileDirectory();
    const [certPath, keyPath] = [join(directory.path, "cert.pem"), join(directory.path, "key.pem")];
    await Promise.all([writeFile(certPath, "a certificate"), writeFile(keyPath, "a key")]);
    const files = await readTlsFiles({ certPath, keyPath });
    expect([String(files?.cert), String(files?.key)]).toEqual(["a certificate", "a key"]);
    expect(await readTlsFiles({})).toBeUndefined();
  });

  it.each([
    { paths: { certPath: "a.pem" }, message: "HTTPS needs both: there is a certificate, but no key" },
    { paths: { keyPath: "a.pem" }, message: "HTTPS needs both: there is a key, but no certificate" },
    { paths: { certPath: "/nowhere/a.pem", keyPath: "/nowhere/b.pem" }, message: "cannot read /nowhere/a.pem: ENOENT" },
  ])("says $message", async ({ paths, message }) => {
    await expect(readTlsFiles(paths)).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining(message),
    });
  });
});
