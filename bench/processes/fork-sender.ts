import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { projectPath } from "../project-path.js";
import { inNamespace } from "./start-gateway.js";

/** Where a sender runs. */
export interface SenderPlace {
  /** The one processor core that it may use, from 0 on; default all. Needs `taskset`. */
  core?: number;
  /** The network namespace that it runs in; default: this one. */
  namespace?: string;
}

/** Starts a script of this folder with its settings as JSON. */
export function forkSender(name: string, settings: object, { core, namespace }: SenderPlace): ChildProcess {
  const pinned = { execPath: "taskset", execArgv: ["-c", `${core}`, process.execPath] };
  const options = core === undefined ? inNamespace(namespace) : pinned;
  return fork(projectPath(`dist/bench/processes/${name}.js`), [JSON.stringify(settings)], options);
}

/** What it says next, to a question where there is one; rejects when it dies. */
export async function answerOf<T>(child: ChildProcess, question?: string): Promise<T> {
  const end = new AbortController();
  const died = once(child, "exit", { signal: end.signal }).then(([code]) => {
    throw new Error(`the bench's sender ended with code ${code}`);
  });
  died.catch(() => {});
  try {
    const answer = once(child, "message", { signal: end.signal });
    if (question !== undefined) child.send(question);
    const [message] = await Promise.race([answer, died]);
    return message as T;
  } finally {
    end.abort();
  }
}

/** Kills it, as a power cut would; resolves when it is gone. */
export async function killSender(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
