import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { projectPath } from "../project-path.js";
import type { Written } from "./clip-camera.js";
import { inNamespace } from "./start-gateway.js";

/** A sender in a process of its own. */
export interface SenderHandle {
  /** Of our own Sender. */
  url: string;
  /** Of a plain server beside it: the same pictures at the same times, without delimiters and stamps. */
  plainUrl: string;
  port: number;
  /** Of the further outputs that were asked for, in their order. */
  outputUrls: string[];
  pid: number;
  /** When its first picture was there and it accepted clients, monotonic milliseconds. */
  acceptingAtMs: number;
  /** When which picture was handed over for sending, of the last 100 seconds at least. */
  written(): Promise<Written[]>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
}

/** How a sender is started. */
export interface SenderSettings {
  /** Of its TCP output; default any. */
  port?: number;
  /** Further outputs. */
  outputs?: string[];
  /** UDP port at which it hears a vehicle; all further outputs must be pages then. Default: nowhere. */
  mavlinkPort?: number;
  /** A gateway that it pushes to, offering to send nothing again. Default: none. */
  pushWithoutNack?: { url: string; cameraId: string };
  /** The one processor core that it may use, from 0 on; default all. Needs `taskset`. */
  core?: number;
  /** The network namespace that it runs in; default: this one. */
  namespace?: string;
}

/** Starts a sender of a clip; resolves when it sends. */
export async function startSender(clip: string, settings: SenderSettings = {}): Promise<SenderHandle> {
  const { port = 0, outputs = [], mavlinkPort, core, namespace, pushWithoutNack } = settings;
  const pinned = { execPath: "taskset", execArgv: ["-c", `${core}`, process.execPath] };
  const child = fork(
    projectPath("dist/bench/processes/sender.js"),
    [JSON.stringify({ clip, port, outputs, mavlinkPort, pushWithoutNack })],
    core === undefined ? inNamespace(namespace) : pinned,
  );
  const { url, plainUrl, outputUrls, acceptingAtMs } = await answer<SenderHandle>(child);
  return {
    ...{ url, plainUrl, outputUrls, acceptingAtMs, pid: child.pid as number },
    port: Number(new URL(url).port),
    written: () => {
      const log = answer<Written[]>(child);
      child.send("log");
      return log;
    },
    kill: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const end = new AbortController();
  const died = once(child, "exit", { signal: end.signal }).then(([code]) => {
    throw new Error(`the bench's sender ended with code ${code}`);
  });
  died.catch(() => {});
  try {
    const [message] = await Promise.race([once(child, "message", { signal: end.signal }), died]);
    return message as T;
  } finally {
    end.abort();
  }
}
