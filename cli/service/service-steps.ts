import { chmod, readFile, rename, stat, writeFile } from "node:fs/promises";
import { redactOptions } from "./redact-options.js";
import type { ServiceHost } from "./service-host.js";
import { systemctl } from "./systemctl.js";

/** A file to write. */
export interface StepFile {
  path: string;
  text: string;
  /** Permissions. */
  mode: number;
}

/** Changes the machine step by step, and prints each; with `dryRun` it prints only. */
export class ServiceSteps {
  readonly #host: ServiceHost;
  readonly #print: (text: string) => void;
  readonly #dryRun: boolean;

  constructor(host: ServiceHost, print: (text: string) => void, dryRun: boolean) {
    this.#host = host;
    this.#print = print;
    this.#dryRun = dryRun;
  }

  /** Does something, under these words. */
  async step(words: string, action: () => Promise<unknown>): Promise<void> {
    this.#print(this.#dryRun ? `would ${words}` : words);
    if (!this.#dryRun) await action();
  }

  /** Says what it leaves alone. */
  keep(words: string): void {
    this.#print(`${this.#dryRun ? "would keep" : "keep"} ${words}`);
  }

  async systemctl(...args: string[]): Promise<void> {
    await this.step(`run systemctl ${args.join(" ")}`, () => systemctl(this.#host, ...args));
  }

  /** Writes a file as a whole or not at all, and shows what changes in it; tells whether anything did. */
  async write({ path, text, mode }: StepFile): Promise<boolean> {
    const place = this.#host.path(path);
    const before = await readFile(place, "utf8").catch(() => undefined);
    if (before === text) {
      if (((await stat(place)).mode & 0o777) === mode) this.keep(`${path} as it is`);
      else await this.step(`close ${path} to others (${octal(mode)})`, () => chmod(place, mode));
      return false;
    }
    await this.step(`write ${path} (${octal(mode)})`, async () => {
      const temporary = `${place}.new`;
      await writeFile(temporary, text, { mode });
      // An older one of that name keeps its permissions, and the umask takes some away.
      await chmod(temporary, mode);
      await rename(temporary, place);
    });
    if (before !== undefined) for (const line of changedLines(before, text)) this.#print(`  ${redactOptions(line)}`);
    return true;
  }
}

function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}
