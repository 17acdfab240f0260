import { Command } from "commander";
import { logLevelOption, seconds } from "./arguments.js";
import { PIPED_DEMO_SECONDS } from "./default-seconds.js";
import { runCommand } from "./run-command.js";
import type { DemoOptions } from "./run-demo.js";

const EXAMPLES = `
The picture carries its own number in its top row, which is read back from the received pixels.

Examples:
  glasslink demo
  glasslink demo --seconds 5 | cat`;

/** `glasslink demo`: a test picture through a sender and a receiver on this machine. */
export function demoCommand(): Command {
  return new Command("demo")
    .summary("see video flow on this machine, without a camera")
    .description(
      "Sends a moving test picture over TCP on this machine, receives it, shows what arrives, and serves a page.",
    )
    .option("--seconds <s>", `how long (default: until Ctrl-C on a terminal, else ${PIPED_DEMO_SECONDS})`, seconds)
    .addOption(logLevelOption("warn"))
    .addHelpText("after", EXAMPLES)
    .action((options: DemoOptions) =>
      runCommand(options, async (context) => {
        // Sender and receiver are loaded only here: help and the other commands start sooner without.
        const { runDemo } = await import("./run-demo.js");
        await runDemo(options, context);
      }),
    );
}
