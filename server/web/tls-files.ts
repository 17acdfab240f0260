import { readFile } from "node:fs/promises";
import { StreamError } from "../../lib/errors.js";
import type { TlsFiles } from "./listening-socket.js";

/** Where a certificate and its key lie; both or none. */
export interface TlsPaths {
  /** PEM, with the chain. */
  certPath?: string | undefined;
  /** PEM, without a passphrase. */
  keyPath?: string | undefined;
}

/**
 * Reads a certificate and its key; undefined where no path is given.
 * @throws StreamError `invalid-option` that names the file, or the one that is missing
 */
export async function readTlsFiles({ certPath, keyPath }: TlsPaths): Promise<TlsFiles | undefined> {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    const [given, missing] = certPath === undefined ? ["key", "certificate"] : ["certificate", "key"];
    throw new StreamError("invalid-option", `HTTPS needs both: there is a ${given}, but no ${missing}`);
  }
  // One after the other, so that the first is named where both are missing.
  const cert = await read(certPath);
  return { cert, key: await read(keyPath) };
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new StreamError("invalid-option", `cannot read ${path}: ${cause.message}`, { cause });
  });
}
