import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { projectPath } from "../project-path.js";
import type { Seen } from "./receiver-report.js";

/** What a gateway had of one camera; times are of the monotonic clock. */
export interface CameraReport {
  /** When its first offer came. */
  offeredAtMs: number;
  frames: Seen[];
  lost: number;
  dropped: number;
  restarts: Record<string, number>;
}

/** What a gateway tells when it is asked. */
export interface GatewayReport {
  cameras: Record<string, CameraReport>;
  /** Since its start: of its own process, and of all decoders that run now. */
  processorMs: { node: number; decoders: number };
  atMs: number;
}

/** A gateway in a process of its own. */
export interface GatewayHandle {
  listeningAtMs: number;
  report(): Promise<GatewayReport>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
}

/** How a gateway is started: options of `Gateway`, and the network namespace that it runs in; default: this one. */
export interface GatewaySettings {
  host: string;
  port: number;
  namespace?: string;
}

/** Starts a gateway that decodes all of its cameras; resolves when it listens. */
export async function startGateway({ namespace, ...options }: GatewaySettings): Promise<GatewayHandle> {
  const child = fork(projectPath("dist/bench/processes/gateway.js"), [JSON.stringify(options)], inNamespace(namespace));
  const { listeningAtMs } = await next<{ listeningAtMs: number }>(child);
  return {
    listeningAtMs,
    report: () => {
      const report = next<GatewayReport>(child);
      child.send("report");
      return report;
    },
    kill: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** How a script of Node.js is run in a network namespace. */
export function inNamespace(namespace: string | undefined): { execPath?: string; execArgv?: string[] } {
  return namespace === undefined ? {} : { execPath: "ip", execArgv: ["netns", "exec", namespace, process.execPath] };
}

async function next<T>(child: ChildProcess): Promise<T> {
  const end = new AbortController();
  const died = once(child, "exit", { signal: end.signal }).then(([code]) => {
    throw new Error(`the bench's gateway ended with code ${code}`);
  });
  died.catch(() => {});
  try {
    return (await Promise.race([once(child, "message", { signal: end.signal }), died]))[0] as T;
  } finally {
    end.abort();
  }
}
