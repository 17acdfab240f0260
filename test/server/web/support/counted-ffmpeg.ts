import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An ffmpeg, by default the one on PATH, that notes each time it is given pictures. */
export class CountedFfmpeg implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "ffmpeg");
  }

  static async make(program = "ffmpeg"): Promise<CountedFfmpeg> {
    const made = new CountedFfmpeg(await mkdtemp(join(tmpdir(), "glasslink-ffmpeg-")));
    const script = `#!/bin/sh\ncase "$*" in *ivf*) echo $$ >> '${made.#folder}/pids' ;; esac\nexec '${program}' "$@"\n`;
    await writeFile(made.path, script);
    await chmod(made.path, 0o755);
    return made;
  }

  /** Process ids, in the order in which they were started. */
  async pids(): Promise<number[]> {
    const text = await readFile(join(this.#folder, "pids"), "utf8").catch(() => "");
    return text.split("\n").filter(Boolean).map(Number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
