import { streamParameters } from "../lib/codecs/stream-parameters.js";
import { type AccessUnit, Receiver, StreamError } from "../lib/index.js";
import type { LogLevel } from "./log-levels.js";
import { checkOutputFile } from "./output-file.js";
import { Recording } from "./recording.js";
import type { CommandContext } from "./run-command.js";

/** The last pictures may take this much longer on their way than the first. */
const LATE_MS = 1_000;

/** The options of `glasslink record` as they were parsed. */
export interface RecordOptions {
  output: string;
  seconds?: number;
  timeout: number;
  force?: true;
  logLevel: LogLevel;
}

/**
 * Records a stream until the user ends it, or for `options.seconds`.
 * @throws StreamError why nothing came, or the file cannot be written
 */
export async function runRecord(url: string, options: RecordOptions, context: CommandContext): Promise<void> {
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
