import { fileURLToPath } from "node:url";

/** Absolute path of a file of the project, from its path inside it; benches run from `dist/bench`. */
export function projectPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}
