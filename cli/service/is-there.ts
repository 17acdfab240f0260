import { lstat } from "node:fs/promises";

/** Whether there is a file, a folder or a link, even a broken one, at that path. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
