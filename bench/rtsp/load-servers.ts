import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { CLIP_FPS } from "../clip/make-clip.js";
import { startSender } from "../processes/start-sender.js";
import { projectPath } from "../project-path.js";

/** The one core that each server may use. */
const CORE = 0;
const MAX_CLIENTS = 2_000;

/** A server of a clip, in a process of its own, on one core. */
export interface LoadServer {
  url: string;
  pid: number;
  kill(): Promise<void>;
}

/** Servers that are compared. */
export const LOAD_SERVERS = {
  /** Ours. Everybody begins at a keyframe, so that no group of pictures is sent in between. */
  glasslink: async (clip: string): Promise<LoadServer> => {
    const outputs = [`rtsp://127.0.0.1:0/stream?maxClients=${MAX_CLIENTS}&join=keyframe`];
    const { outputUrls, pid, kill } = await startSender(clip, { core: CORE, outputs });
    return { url: outputUrls[0] as string, pid, kill };
  },
  /** One shared stream: `appsrc ! h264parse ! rtph264pay config-interval=-1`. */
  "gst-rtsp-server": async (clip: string, python: string): Promise<LoadServer> => {
    const server = [projectPath("test/peers/gst_rtsp_server.py"), "h264", "--play", clip, "--fps", String(CLIP_FPS)];
    const child = spawn("taskset", ["-c", String(CORE), python, ...server], { stdio: ["ignore", "pipe", "pipe"] });
    const port = await firstLine(child);
    return {
      url: `rtsp://127.0.0.1:${port}/stream`,
      pid: child.pid as number,
      kill: async () => {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      },
    };
  },
} as const;

/** Rejects with the last that it said where it ends instead. */
async function firstLine(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-2_000);
  });
  const ended = once(child, "close").then(() => Promise.reject(new Error(said.trim().split("\n").at(-1))));
  const [text] = await Promise.race([once(child.stdout as Readable, "data"), ended]);
  ended.catch(() => {});
  return String(text).trim();
}
