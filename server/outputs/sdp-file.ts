import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

/** The file that describes an RTP stream to its receivers, written again whenever the description changes. */
export class SdpFile {
  /** Absolute. */
  readonly path: string;
  #text: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** @param path relative ones start in the working directory */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Resolves with whether anything was written; rejects with the system's error. */
  update(text: string): Promise<boolean> {
    const written = this.#writing.then(() => this.#write(text));
    this.#writing = written.then(ignore, ignore);
    return written;
  }

  async #write(text: string): Promise<boolean> {
    if (text === this.#text) return false;
    // A reader never finds half a file.
    const fresh = `${this.path}.${process.pid}.new`;
    try {
      await writeFile(fresh, text);
      await rename(fresh, this.path);
    } catch (error) {
      await rm(fresh, { force: true }).catch(ignore);
      throw error;
    }
    this.#text = text;
    return true;
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}

function ignore(): void {}
