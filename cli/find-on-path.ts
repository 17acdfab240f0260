import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The whole path of a program that PATH finds; its name as it is where PATH does not help. */
export async function findOnPath(program: string): Promise<string> {
  if (/[\\/]/.test(program)) return program;
  const endings = process.platform === "win32" ? [".exe"] : [""];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, program + ending);
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return path;
    }
  }
  return program;
}
