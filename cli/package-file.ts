import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of a file that belongs to this package, from its root on. */
export function packageFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve("glasslink/package.json")), path);
}
