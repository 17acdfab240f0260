import { Command } from "commander";
import { streamParameters } from "../lib/codecs/stream-parameters.js";
import { type AccessUnit, Receiver, StreamError } from "../lib/index.js";
import { fileEndingIn, logLevelOption, seconds } from "./arguments.js";
import type { LogLevel } from "./logger.js";
import { checkOutputFile } from "./output-file.js";
import { RECORDING_ENDINGS, Recording } from "./recording.js";
import { type CommandContext, runCommand } from "./run-command.js";

/** The last pictures may take this much longer on their way than the first. */
const LATE_MS = 1_000;
const EXAMPLES = `
The pictures are not coded again. Whatever ends the recording, the file plays up to its last half second.

Examples:
  glasslink record tcp://192.168.1.20:8000 -o flight.mp4
  glasslink record udp://239.1.1.1:5000 -o minute.mkv --seconds 60`;

interface RecordOptions {
  output: string;
  seconds?: number;
  timeout: number;
  force?: true;
  logLevel: LogLevel;
}

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
    .action((url: string, options: RecordOptions) => runCommand(options, (context) => record(url, options, context)));
}

async function record(url: string, options: RecordOptions, context: CommandContext): Promise<void> {
  await checkOutputFile(options.output, { overwrite: options.force ?? false });
  await using receiver = new Receiver(url, { decode: false, logger: context.logger });
  const units = receiver.accessUnits({ signal: context.signal });
  const first = await firstPicture(receiver, units, options.timeout);
  if (!first) return;
  const recording = await Recording.begin(options.output, first);
  const limitMs = options.seconds === undefined ? undefined : options.seconds * 1_000 + LATE_MS;
  // A stream that stays away must not keep it for ever.
  const limit = limitMs === undefined ? undefined : setTimeout(() => void units.return?.(), limitMs);
  try {
    await recording.write(first);
    for await (const unit of units) {
      await recording.write(unit);
      context.status.show(`${options.output}  ${describe(recording)}`);
      if (recording.seconds >= (options.seconds ?? Number.POSITIVE_INFINITY)) break;
    }
  } finally {
    clearTimeout(limit);
    await finish(recording, context);
  }
  context.print(`${options.output}  ${describe(recording)}`);
  if (receiver.state.name === "closed" && receiver.state.error) throw receiver.state.error;
}

/** The first keyframe that tells the stream's format; undefined when the user ended the wait. */
async function firstPicture(
  receiver: Receiver,
  units: AsyncIterableIterator<AccessUnit>,
  timeout: number,
): Promise<AccessUnit | undefined> {
  let trouble: StreamError | undefined;
  receiver.on("warning", (warning) => {
    trouble = warning;
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void receiver.close();
  }, timeout * 1_000);
  try {
    for (let next = await units.next(); !next.done; next = await units.next()) {
      if (tellsFormat(next.value)) return next.value;
    }
  } finally {
    clearTimeout(timer);
  }
  if (receiver.state.name === "closed" && receiver.state.error) throw receiver.state.error;
  if (!late) return undefined;
  const reason = trouble?.message ?? `${receiver.url}: nothing came`;
  throw new StreamError(trouble?.code ?? "stalled", `no picture in ${timeout} s: ${reason}`, { cause: trouble });
}

// What lies behind other codecs' keyframes is ffmpeg's to find out.
function tellsFormat(unit: AccessUnit): boolean {
  if (unit.codec !== "h264" && unit.codec !== "h265") return unit.keyframe;
  return streamParameters(unit) !== undefined;
}

async function finish(recording: Recording, { signal, status }: CommandContext): Promise<void> {
  status.clear();
  try {
    await recording.finish();
  } catch (error) {
    // A terminal's Ctrl-C goes to ffmpeg too: it completes the file, and then exits with this code.
    if (!signal.aborted || !/code 255/.test((error as StreamError).message)) throw error;
  }
}

function describe({ pictures, seconds, bytes }: Recording): string {
  return `${seconds.toFixed(1)} s, ${pictures} pictures, ${(bytes / 1_000_000).toFixed(1)} MB`;
}
