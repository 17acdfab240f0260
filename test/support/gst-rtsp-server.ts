import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ChildProcess } from "../../lib/child-process.js";
import { type Finished, type PeerNeed, PYTHON, pythonModule, startPeer } from "./peer-program.js";

const SCRIPT = fileURLToPath(new URL("../peers/gst_rtsp_server.py", import.meta.url));
const BINDING = "gi.require_version('GstRtspServer', '1.0')";

/** What test/peers/gst_rtsp_server.py runs on. */
export const GST_RTSP_SERVER: readonly (string | PeerNeed)[] = [
  PYTHON,
  pythonModule("av"),
  pythonModule("gi", BINDING),
];

/** A gst-rtsp-server in a process of its own. */
export interface GstRtspServer {
  /** It serves, or takes, the path /stream. */
  port: number;
  /** Its stdout holds the pixels of what it takes. */
  peer: ChildProcess;
}

/** Starts one that is gone when its test is over; `args` are those of the script, and `prefix` stands before it. */
export async function startGstRtspServer(
  args: readonly string[],
  finished: Finished,
  prefix: readonly string[] = [],
): Promise<GstRtspServer> {
  const [command = "", ...rest] = [...prefix, PYTHON, SCRIPT, ...args];
  const peer = startPeer(command, rest, finished);
  const failed = peer.exited.then((exit) => Promise.reject(peer.failure(exit)));
  // What it says first comes before anybody can send it pictures.
  const [line] = (await Promise.race([once(peer.stdout, "data"), failed])) as [Buffer];
  failed.catch(() => {});
  peer.stdout.pause();
  return { port: Number(line.toString()), peer };
}
