import { fork } from "node:child_process";
import { on, once } from "node:events";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "../processes/process-time.js";
import { projectPath } from "../project-path.js";
import { reasonOf } from "./reason-of.js";
import type { DrainMessage, DrainReport, DrainSettings, ViewerLoad } from "./viewer-load.js";

/** For all of them to come, and to tell what they counted. */
const ROUND_ABOUT_MS = 30_000;

/** One line of the table. */
export interface ViewerRow extends ViewerLoad {
  /** `processor`: what the server's process needed, as a share of one core. */
  result: (DrainReport & { processor: number }) | { failure: string };
}

/** Has a server watched by so many for a while. Never rejects. */
export async function measureViewers(
  load: ViewerLoad,
  { origin, pid, seconds }: { origin: string; pid: number; seconds: number },
): Promise<ViewerRow> {
  try {
    return { ...load, result: await watch({ ...load, origin, seconds }, pid) };
  } catch (error) {
    return { ...load, result: { failure: reasonOf(error) } };
  }
}

/** Runs the viewers, and reads the server's processor time when they say that they begin and end. */
async function watch(settings: DrainSettings, pid: number): Promise<DrainReport & { processor: number }> {
  const child = fork(projectPath("dist/bench/web/drain.js"), [JSON.stringify(settings)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const end = new AbortController();
  child.once("close", () => end.abort(new Error(reasonIn(said) ?? "the viewers said nothing")));
  const timeout = AbortSignal.timeout(ROUND_ABOUT_MS + settings.seconds * 1000);
  const reading = (): { atMs: number; usedMs: number } => ({ atMs: monotonicMs(), usedMs: processTimeMs(pid) ?? 0 });
  let begin = reading();
  let processor = Number.NaN;
  try {
    for await (const [message] of on(child, "message", { signal: AbortSignal.any([end.signal, timeout]) })) {
      const now = reading();
      const told = message as DrainMessage;
      if (told === "begin") begin = now;
      else if (told === "end") processor = (now.usedMs - begin.usedMs) / (now.atMs - begin.atMs);
      else return { ...told, processor };
    }
  } catch (error) {
    throw (error as Error).cause ?? error;
  } finally {
    child.kill("SIGKILL");
    if (!end.signal.aborted) await once(child, "close");
  }
  throw new Error("the viewers said nothing");
}

/** Of a program that died by an error, the error's own line. */
function reasonIn(said: string): string | undefined {
  const lines = said.trim().split("\n");
  return lines.find((line) => /^\w*Error/.test(line)) ?? lines.at(-1);
}
