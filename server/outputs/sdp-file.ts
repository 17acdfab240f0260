import { rename, writeFile } from "node:fs/promises";
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
  async update(text: string): Promise<boolean> {
    if (text === this.#text) return false;
    this.#text = text;
    const written = this.#writing.then(async () => {
      // A reader never finds half a file.
      const fresh = `${this.path}.${process.pid}.new`;
      await writeFile(fresh, text);
      await rename(fresh, this.path);
    });
    this.#writing = written.catch(() => {});
    await written;
    return true;
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
