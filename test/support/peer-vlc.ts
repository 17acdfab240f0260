import type { ChildProcess } from "../../lib/child-process.js";
import { peerFolder } from "./peer-folder.js";
import { type Finished, startPeer } from "./peer-program.js";

/** VLC will not run as root; nobody else's rights are needed. */
const AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const IS_ROOT = process.getuid?.() === 0;

/** The programs that {@link startVlc} needs. */
export const VLC_PROGRAMS = ["cvlc", ...(IS_ROOT ? ["setpriv"] : [])];

/** Starts VLC without a window, with a home of its own. */
export async function startVlc(options: readonly string[], finished: Finished): Promise<ChildProcess> {
  const player = ["env", `HOME=${await peerFolder(finished)}`, "cvlc", "--no-audio", ...options];
  const [command = "", ...args] = IS_ROOT ? [...AS_NOBODY, ...player] : player;
  return startPeer(command, args, finished);
}
