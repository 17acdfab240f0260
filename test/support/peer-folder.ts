import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finished } from "./peer-program.js";

/** An empty folder that is gone when its test is over; every user may write to it. */
export async function peerFolder(finished: Finished): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "glasslink-peer-"));
  await chmod(path, 0o777);
  finished(() => rm(path, { recursive: true, force: true }));
  return path;
}
