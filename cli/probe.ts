import { Command } from "commander";
import { count, logLevelOption, STREAM_URLS, seconds } from "./arguments.js";
import { PROBE_SECONDS } from "./default-seconds.js";
import { runCommand } from "./run-command.js";
import type { ProbeOptions } from "./run-probe.js";

const EXAMPLES = `
Without --frames it measures for ${PROBE_SECONDS} seconds; with --frames alone it ends early only after ${PROBE_SECONDS} seconds without a frame.

Examples:
  glasslink probe tcp://192.168.1.20:8000
  glasslink probe udp://239.1.1.1:5000 --seconds 30
  glasslink probe rtsp://user:password@192.168.1.64/stream1 --frames 100 --json`;

/** `glasslink probe`: receives for a while and tells what came. */
export function probeCommand(): Command {
  return new Command("probe")
    .summary("receive a stream for a while and tell what came")
    .description("Receives a stream and decodes it for a while; tells format, rate, latency and losses.")
    .argument("<url>", `where the stream comes from: ${STREAM_URLS}`)
    .option("--frames <n>", "end after so many frames", count)
    .option("--seconds <s>", "end after so many seconds", seconds)
    .option("--json", "print one JSON object")
    .option("--hwaccel <name>", "hardware decoder: auto, none, or one of `glasslink doctor`", "auto")
    .addOption(logLevelOption("error"))
    .addHelpText("after", EXAMPLES)
    .action((url: string, options: ProbeOptions) =>
      runCommand(options, async (context) => {
        // The receiver is loaded only here: help and the other commands start sooner without.
        const { runProbe } = await import("./run-probe.js");
        await runProbe(url, options, context);
      }),
    );
}
