import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { projectPath } from "../project-path.js";
import type { Written } from "./clip-camera.js";
import { inNamespace } from "./start-gateway.js";

/** How a sender of JPEGs is started. */
export interface MjpegSenderSettings {
  /** Pictures a second. */
  fps: number;
  outputs: string[];
  /** The one processor core that it may use, from 0 on; default all. Needs `taskset`. */
  core?: number;
  /** The network namespace that it runs in; default: this one. */
  namespace?: string;
}

/** What a sender noted of its pictures. */
export interface MjpegTimes {
  /** When which was handed over for sending, of the last 100 seconds at least. */
  handedOver: Written[];
  /** When the last chunk of which was sent by chunked UDP, to every client. */
  lastChunks: Written[];
}

/** A sender of JPEGs in a process of its own. */
export interface MjpegSenderHandle {
  /** Of its outputs, in their order. */
  urls: string[];
  pid: number;
  times(): Promise<MjpegTimes>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a sender of a clip of JPEGs; resolves when it sends. */
export async function startMjpegSender(clip: string, settings: MjpegSenderSettings): Promise<MjpegSenderHandle> {
  const { core, namespace, ...own } = settings;
  const pinned = { execPath: "taskset", execArgv: ["-c", `${core}`, process.execPath] };
  const child = fork(
    projectPath("dist/bench/processes/mjpeg-sender.js"),
    [JSON.stringify({ clip, ...own })],
    core === undefined ? inNamespace(namespace) : pinned,
  );
  const urls = await answer<string[]>(child);
  return {
    urls,
    pid: child.pid as number,
    times: () => {
      const times = answer<MjpegTimes>(child);
      child.send("times");
      return times;
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
