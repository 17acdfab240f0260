import { extname } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { LOG_LEVELS, type LogLevel } from "./log-levels.js";

/** Where a stream may come from, as help tells it. */
export const STREAM_URLS =
  "tcp://, udp://, rtsp://, chunked-udp://, mjpeg-tcp://, http://, or anything that ffmpeg opens";

/** `--log-level`, for every command. */
export function logLevelOption(level: LogLevel): Option {
  return new Option("--log-level <level>", "what to log on stderr").choices(LOG_LEVELS).default(level);
}

/** A number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError("It must be a number of seconds above 0.");
}

/** A whole number from 1 on. */
export function count(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 on.");
}

/** A port to listen on; 0 is any free one. */
export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It must be a port, 0 to 65535.");
}

/** The name of a file to write, with one of these endings. */
export function fileEndingIn(...endings: string[]): (text: string) => string {
  return (text) => {
    if (endings.includes(extname(text).toLowerCase())) return text;
    throw new InvalidArgumentError(`The name must end in ${endings.join(", ")}.`);
  };
}
