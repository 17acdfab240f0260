import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { startChildProcess } from "../../lib/child-process.js";

/** The example, running. */
export interface RunningExample extends AsyncDisposable {
  /** Everything that it printed up to now. */
  output(): string;
  /** Process ids of its children now. */
  children(): Promise<number[]>;
  interrupt(): void;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | undefined>;
}

/** Runs one of the built examples with such arguments and additional environment. */
export function runExample(
  args: readonly string[],
  environment: Record<string, string>,
  name = "exampleClient",
): RunningExample {
  const example = fileURLToPath(new URL(`../../dist/examples/${name}.js`, import.meta.url));
  const end = new AbortController();
  const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  const command = { command: "env", args: [...variables, process.execPath, example, ...args] };
  const child = startChildProcess({ ...command, signal: end.signal });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    output: () => [output, ...child.stderrTail()].join("\n"),
    async children() {
      const result = await execa("pgrep", ["-P", String(child.pid)], { reject: false });
      return result.stdout.split("\n").filter(Boolean).map(Number);
    },
    interrupt: () => void process.kill(child.pid as number, "SIGINT"),
    exited: child.exited.then(({ code }) => code),
    async [Symbol.asyncDispose]() {
      end.abort();
      await child.exited;
    },
  };
}
