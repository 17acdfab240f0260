import { readFile } from "node:fs/promises";
import { LineCounter, parseDocument } from "yaml";
import { StreamError } from "../lib/errors.js";

/** No configuration that people write comes near; a disk's device does. */
const MAX_BYTES = 1024 * 1024;

/**
 * What a YAML file holds, not yet checked; null for an empty one.
 * @throws StreamError `invalid-option` that names the file and, where it is no YAML, the line
 */
export async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new StreamError("invalid-option", `cannot read ${path}: ${cause.message}`, { cause });
  });
  if (text.length > MAX_BYTES) {
    throw new StreamError("invalid-option", `${path} holds ${text.length} characters; ${MAX_BYTES} are allowed`);
  }
  const lines = new LineCounter();
  // A pretty error shows the line itself, in which a password may stand.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new StreamError("invalid-option", `${path}, line ${line}, column ${col}: ${error.message}`);
  }
  try {
    return document.toJS();
  } catch (cause) {
    // Too many aliases, or one without its anchor.
    throw new StreamError("invalid-option", `${path}: ${(cause as Error).message}`, { cause });
  }
}
