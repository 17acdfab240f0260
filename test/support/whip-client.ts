import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ChildProcess } from "../../lib/child-process.js";
import { peerFolder } from "./peer-folder.js";
import { type Finished, startPeer } from "./peer-program.js";

/** Of Debian's package simple-whip-client. */
export const WHIP_CLIENT = "whip-client";
/** Compiles what it lacks. */
export const COMPILER = "gcc";

const run = promisify(execFile);
/** What libnice opens ports of routers with. */
const LIBRARY = "libgupnp-igd-1.0.so.4";
const FUNCTIONS = [
  "simple_igd_add_port",
  "simple_igd_get_type",
  "simple_igd_remove_port_local",
  "simple_igd_thread_new",
];

/**
 * Starts GStreamer's WHIP client. Debian 12 has it with two versions of one library, so that it ends at once: what
 * brings the second is replaced by functions that do nothing.
 */
export async function startWhipClient(args: readonly string[], finished: Finished): Promise<ChildProcess> {
  const folder = await peerFolder(finished);
  const source = join(folder, "nothing.c");
  await writeFile(source, FUNCTIONS.map((name) => `void *gupnp_${name}(void) { return 0; }\n`).join(""));
  const library = join(folder, LIBRARY);
  await run(COMPILER, ["-shared", "-fPIC", `-Wl,-soname,${LIBRARY}`, "-o", library, source]);
  const peer = startPeer("env", [`LD_LIBRARY_PATH=${folder}`, WHIP_CLIENT, ...args], finished);
  peer.stdout.resume();
  return peer;
}
