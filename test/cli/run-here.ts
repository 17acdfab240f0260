import { CommanderError } from "commander";
import { vi } from "vitest";
import { createProgram } from "../../cli/program.js";
import { USAGE_ERROR } from "../../cli/run-command.js";

/** How a command ended that ran in this process. */
export interface HereResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command to its end as `cli/main.ts` does, but in this process: to start Node.js takes longer than most commands
 * that are refused. One at a time, since a process has one stdout.
 */
export async function runHere(args: readonly string[], env: Record<string, string> = {}): Promise<HereResult> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  const listeners = [process.stdout, process.stderr].map((stream) => ({ stream, before: stream.listeners("error") }));
  try {
    process.exitCode = undefined;
    await createProgram()
      .parseAsync(args, { from: "user" })
      .catch((error: unknown) => {
        if (!(error instanceof CommanderError)) throw error;
        process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
      });
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    // A command leaves those there for the rest of its process.
    for (const { stream, before } of listeners) {
      for (const added of stream.listeners("error").filter((listener) => !before.includes(listener))) {
        stream.off("error", added as () => void);
      }
    }
  }
}
