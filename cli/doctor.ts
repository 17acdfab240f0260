import { Command } from "commander";
import { logLevelOption } from "./arguments.js";
import { runCommand } from "./run-command.js";
import type { DoctorOptions } from "./run-doctor.js";

const EXAMPLES = `
Each hardware decoder is proven by decoding a clip of three pictures; decoding in software instead does not count.

Examples:
  glasslink doctor
  glasslink doctor --json`;

/** `glasslink doctor`: what this machine has and lacks. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("check what this machine has and lacks")
    .description("Checks ffmpeg, hardware decoders, cameras, network interfaces and ports.")
    .option("--json", "print one JSON object")
    .addOption(logLevelOption("error"))
    .addHelpText("after", EXAMPLES)
    .action((options: DoctorOptions) =>
      runCommand(options, async (context) => {
        // What it looks with is loaded only here: help and the other commands start sooner without.
        const { runDoctor } = await import("./run-doctor.js");
        await runDoctor(options, context);
      }),
    );
}
