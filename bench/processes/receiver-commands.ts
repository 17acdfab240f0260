import type { Size } from "../clip/make-clip.js";
import { projectPath } from "../project-path.js";
import type { PipeSettings } from "./pipe-settings.js";
import type { ReceiverCommand } from "./start-receiver.js";

/** Programs that foreign receivers need beyond Node. */
export interface Programs {
  ffmpeg: string;
  python: string;
}

/** The command that runs a program which writes raw RGB to its stdout, and watches that. */
export function piped(
  { size, seconds }: { size: Size; seconds: number },
  command: string,
  args: string[],
): ReceiverCommand {
  const settings: PipeSettings = { command, args, ...size, seconds };
  return {
    command: process.execPath,
    args: [projectPath("dist/bench/processes/pipe-receiver.js"), JSON.stringify(settings)],
  };
}

/** The command that runs one of the Python peers. */
export function script(python: string, name: string, ...args: string[]): ReceiverCommand {
  return { command: python, args: [projectPath(`bench/peers/${name}.py`), ...args] };
}
