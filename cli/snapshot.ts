import { Command } from "commander";
import { fileEndingIn, logLevelOption, seconds } from "./arguments.js";
import { runCommand } from "./run-command.js";
import type { SnapshotOptions } from "./run-snapshot.js";

const EXAMPLES = `
Examples:
  glasslink snapshot tcp://192.168.1.20:8000 -o now.png
  glasslink snapshot rtsp://192.168.1.64/stream1 -o now.jpg --timeout 3`;

/** `glasslink snapshot`: one picture as a file. */
export function snapshotCommand(): Command {
  return new Command("snapshot")
    .summary("save one picture of a stream")
    .description("Saves the newest picture of a stream as PNG or JPEG.")
    .argument("<url>", "where the stream comes from")
    .requiredOption("-o, --output <file>", "the picture, ending in .png, .jpg or .jpeg; it is overwritten", isPicture)
    .option("--timeout <s>", "how long to wait for a picture", seconds, 10)
    .addOption(logLevelOption("error"))
    .addHelpText("after", EXAMPLES)
    .action((url: string, options: SnapshotOptions) =>
      runCommand(options, async (context) => {
        // The receiver is loaded only here: help and the other commands start sooner without.
        const { runSnapshot } = await import("./run-snapshot.js");
        await runSnapshot(url, options, context);
      }),
    );
}

const isPicture = fileEndingIn(".png", ".jpg", ".jpeg");
