import { format, parse } from "node:path";
import { StreamError } from "../lib/errors.js";
import { describeRecord, readRecord } from "./log-record.js";
import { checkOutputFile } from "./output-file.js";
import { RotatingFile, type RotatingFileOptions } from "./rotating-file.js";

/** The log as files: everything in one, warnings and errors in another as well. */
export class LogFile {
  readonly #path: string;
  readonly #all: RotatingFile;
  readonly #errors: RotatingFile;

  constructor(path: string, options: RotatingFileOptions) {
    this.#path = path;
    this.#all = new RotatingFile(path, options);
    this.#errors = new RotatingFile(errorsPath(path), options);
  }

  /** @throws StreamError `invalid-option` when one of them can never be written */
  async open(): Promise<void> {
    try {
      await checkOutputFile(this.#path);
      await Promise.all([this.#all.open(), this.#errors.open()]);
    } catch (error) {
      await this.close();
      if (error instanceof StreamError) throw new StreamError(error.code, `--log-file: ${error.message}`);
      throw error;
    }
  }

  /** Takes a line of the log as pino makes it. */
  write(json: string): void {
    const record = readRecord(json);
    const time = new Date(record.timeMs).toISOString();
    const line = `${time} ${record.level.padEnd(5)} ${describeRecord(record)}\n`;
    this.#all.write(line);
    if (record.level === "warn" || record.level === "error") this.#errors.write(line);
  }

  /** Resolves when everything is in the files. */
  async close(): Promise<void> {
    await Promise.all([this.#all.close(), this.#errors.close()]);
  }
}

/** The file for warnings and errors: `camera.log` has `camera_errors.log` beside it. */
export function errorsPath(path: string): string {
  const { root, dir, name, ext } = parse(path);
  return format({ root, dir, name: `${name}_errors`, ext });
}
