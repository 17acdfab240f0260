import { execFileSync } from "node:child_process";
import { type ChildProcess, startChildProcess } from "../../lib/child-process.js";
import { describeWithPeers } from "./describe-with-peers.js";

/** A distribution's own Python is where its packages are, whatever stands first on PATH. */
export const PYTHON = "/usr/bin/python3";

/** What a peer test needs beside programs, and how to find out whether it is there. */
export interface PeerNeed {
  name: string;
  isPresent(): boolean;
}

/** Called with what ends a thing once its test is over: the test context's `onTestFinished`. */
export type Finished = (close: () => Promise<void>) => void;

/** An element of GStreamer. */
export function gstreamerElement(name: string): PeerNeed {
  return { name: `GStreamer's ${name}`, isPresent: () => succeeds("gst-inspect-1.0", ["--exists", name]) };
}

/** A module of Debian's Python; `check` is run behind its import. */
export function pythonModule(name: string, check = ""): PeerNeed {
  return { name: `Python's ${name}`, isPresent: () => succeeds(PYTHON, ["-c", `import ${name}\n${check}`]) };
}

/** The rights to make network namespaces. */
export const ROOT: PeerNeed = { name: "root's rights", isPresent: () => process.getuid?.() === 0 };

/**
 * A `describe` that needs programs (named as on PATH, or by their path) and other things. Where one is absent it says
 * so and skips; in CI it fails.
 */
export function describePeers(title: string, needs: readonly (string | PeerNeed)[], body: () => void): void {
  const programs = needs.filter((need) => typeof need === "string");
  const others = needs.filter((need) => typeof need !== "string");
  // No program has such a name: what is absent is reported the same way.
  const absent = others.filter((need) => !need.isPresent()).map(({ name }) => name);
  describeWithPeers(title, [...programs, ...absent], body);
}

/** Starts a foreign program that is gone when its test is over. */
export function startPeer(command: string, args: readonly string[], finished: Finished): ChildProcess {
  const end = new AbortController();
  const child = startChildProcess({ command, args, signal: end.signal });
  finished(async () => {
    end.abort();
    // What nobody reads any more keeps the pipe, and so the exit, from closing.
    child.stdout.resume();
    await child.exited;
  });
  return child;
}

/** Starts gst-launch-1.0 with a pipeline as one would type it; its stdout holds nothing but what the pipeline writes. */
export function startGStreamer(pipeline: string, finished: Finished): ChildProcess {
  return startPeer("gst-launch-1.0", ["-q", ...pipeline.trim().split(/\s+/)], finished);
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
