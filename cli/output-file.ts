import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { StreamError } from "../lib/errors.js";

/**
 * Makes sure that a file can be written, before anything is received for it.
 * @param overwrite whether it may be there already; it may by default
 * @throws StreamError `invalid-option`
 */
export async function checkOutputFile(path: string, { overwrite = true } = {}): Promise<void> {
  const folder = dirname(path);
  if (!(await can(folder, constants.W_OK))) {
    const problem = (await can(folder, constants.F_OK)) ? "cannot be written to" : "does not exist";
    throw new StreamError("invalid-option", `${path}: the folder ${folder} ${problem}`);
  }
  if (!overwrite && (await can(path, constants.F_OK))) {
    throw new StreamError("invalid-option", `${path} exists already; --force overwrites it`);
  }
}

function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
