import { Command } from "commander";
import { fileEndingIn, logLevelOption, seconds } from "./arguments.js";
import { RECORDING_ENDINGS } from "./recording-containers.js";
import { runCommand } from "./run-command.js";
import type { RecordOptions } from "./run-record.js";

const EXAMPLES = `
The pictures are not coded again. Whatever ends the recording, the file plays up to its last half second.
JPEGs and VP8 go into .mkv, JPEGs also into .mp4, which not every player of .mp4 shows.

Examples:
  glasslink record tcp://192.168.1.20:8000 -o flight.mp4
  glasslink record udp://239.1.1.1:5000 -o minute.mkv --seconds 60
  glasslink record "chunked-udp://203.0.113.7:9999?token=SECRET" -o boat.mkv
  glasslink record http://192.168.1.30/stream.mjpg -o yard.mkv`;

/** `glasslink record`: a stream into a file, as it is. */
export function recordCommand(): Command {
  const endings = RECORDING_ENDINGS.join(", ");
  return new Command("record")
    .summary("save a stream as a file")
    .description("Records a stream as it is, without coding it again, until Ctrl-C or for --seconds.")
    .argument("<url>", "where the stream comes from")
    .requiredOption("-o, --output <file>", `the file, ending in ${endings}`, fileEndingIn(...RECORDING_ENDINGS))
    .option("--seconds <s>", "length of the recording (default: until Ctrl-C)", seconds)
    .option("--timeout <s>", "how long to wait for the first picture", seconds, 10)
    .option("--force", "overwrite the file if it exists")
    .addOption(logLevelOption("warn"))
    .addHelpText("after", EXAMPLES)
    .action((url: string, options: RecordOptions) =>
      runCommand(options, async (context) => {
        // The receiver is loaded only here: help and the other commands start sooner without.
        const { runRecord } = await import("./run-record.js");
        await runRecord(url, options, context);
      }),
    );
}
