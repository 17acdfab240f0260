import { StreamError } from "../../lib/errors.js";
import type { CameraContext } from "./camera-context.js";
import { type CapturedOutput, captureOutput } from "./capture-output.js";

const COMMANDS = ["rpicam-vid", "libcamera-vid"];
/** Even a small Pi answers in two or three seconds. */
const ANSWER_MS = 5_000;

/** One camera as `--list-cameras` shows it. */
export interface RpicamCamera {
  index: number;
  /** The sensor, such as `imx708_wide`. */
  sensor: string;
  /** Where it hangs in the device tree: tells which Pi this is. */
  path: string;
}

/** What the camera program on this machine is and can do. */
export interface RpicamCapabilities {
  /** How to start it. */
  command: string;
  /** Its first line of `--version`. */
  version: string;
  /** Names of its options, without dashes. */
  options: ReadonlySet<string>;
  cameras: readonly RpicamCamera[];
}

/**
 * Asks rpicam-vid, or libcamera-vid where only the older name is there, what it can do and which cameras it sees.
 * @throws StreamError `camera-missing` where neither is installed or no camera is found, `process-failed`
 */
export async function readRpicamCapabilities(context: CameraContext, signal: AbortSignal): Promise<RpicamCapabilities> {
  const commands = context.rpicamPath === undefined ? COMMANDS : [context.rpicamPath];
  for (const command of commands) {
    const ask = async (flag: string): Promise<CapturedOutput> => {
      const answer = await captureOutput({ command, args: [flag], signal, clock: context.clock, timeoutMs: ANSWER_MS });
      if (answer.started && (answer.timedOut || answer.exit.code !== 0)) throw answer.failure();
      return answer;
    };
    const version = await ask("--version");
    if (!version.started && !signal.aborted) continue;
    // One after the other: listing opens every camera, and a camera opens once.
    const help = await ask("--help");
    const cameras = await ask("--list-cameras");
    return {
      command,
      version: version.stdout.split("\n", 1)[0]?.trim() ?? "",
      options: parseOptionNames(help.stdout),
      cameras: parseCameras(cameras.stdout),
    };
  }
  const names = commands.join(" nor ");
  const hint = commands.length > 1 ? "neither " : "";
  throw new StreamError("camera-missing", `${hint}${names} can be started; install it: sudo apt install rpicam-apps`);
}

/** Option names in the output of `--help`. */
export function parseOptionNames(help: string): Set<string> {
  return new Set(Array.from(help.matchAll(/^ {2}(?:-\w \[ )?--([a-z0-9-]+)/gm), (match) => match[1] as string));
}

/** Cameras in the output of `--list-cameras`: lines such as `0 : imx708 [4608x2592 10-bit RGGB] (/base/soc/...)`. */
export function parseCameras(list: string): RpicamCamera[] {
  return Array.from(list.matchAll(/^\s*(\d+) : (\S+)[^(\n]*\((.*)\)\s*$/gm), (match) => ({
    index: Number(match[1]),
    sensor: match[2] as string,
    path: match[3] as string,
  }));
}
