import { StreamError } from "../lib/errors.js";
import type { LogLevel } from "./log-levels.js";
import type { SendTelemetryOptions } from "./send-telemetry.js";

/** The options that are handed to the camera; their values are checked there. */
const CAMERA_OPTIONS = {
  width: "width",
  height: "height",
  fps: "fps",
  bitrate: "bitrate",
  gop: "gop",
  codec: "codec",
  profile: "profile",
  level: "level",
  hflip: "hflip",
  vflip: "vflip",
  rotation: "rotation",
  tuning: "tuningFile",
  sync: "sync",
} as const;

/** Options of `glasslink send` as they were parsed; those of the camera are not checked yet. */
export interface SendOptions extends Partial<Record<keyof typeof CAMERA_OPTIONS, string | true>>, SendTelemetryOptions {
  camera?: string;
  output: string[];
  /** File that says which cameras go where. */
  config?: string;
  cameraId?: string;
  token?: string;
  /** Whether the pattern takes the place of cameras that are not there. */
  mock: boolean;
  tlsCert?: string;
  tlsKey?: string;
  jpegQuality?: number;
  seconds?: number;
  stamp: boolean;
  logLevel: LogLevel;
  logFile?: string;
}

/** A camera as `--camera` names it, with the options beside it. */
export function cameraSpecification(camera: string, options: SendOptions): string {
  const given = new URLSearchParams();
  for (const [option, name] of Object.entries(CAMERA_OPTIONS)) {
    const value = options[option as keyof typeof CAMERA_OPTIONS];
    if (value !== undefined) given.set(name, String(value));
  }
  if (given.size === 0) return camera;
  return `${camera}${camera.includes("?") ? "&" : "?"}${given}`;
}

/**
 * The configuration file that the options, else the variable CONFIG_PATH, name; undefined where one camera is meant.
 * @throws StreamError `invalid-option` for options that do not go together
 */
export function configPath(options: SendOptions, environment: NodeJS.ProcessEnv): string | undefined {
  const own = optionOfOneCamera(options);
  if (options.config !== undefined && own !== undefined) {
    throw new StreamError("invalid-option", `--config ${options.config}: the file says what ${own} would say`);
  }
  // Whoever names a camera or an output means that one.
  const path = options.config ?? (own === undefined ? environment.CONFIG_PATH || undefined : undefined);
  if (path === undefined && !options.mock) {
    const advice = "without a configuration the pattern camera is used only where --camera names it";
    throw new StreamError("invalid-option", `--no-mock belongs to --config: ${advice}`);
  }
  if (path === undefined && own === undefined && environment.SERVER_URL) {
    const advice = "give the file that does with --config or CONFIG_PATH";
    throw new StreamError("invalid-option", `SERVER_URL is set, but nothing says which cameras it gets; ${advice}`);
  }
  return path;
}

function optionOfOneCamera(options: SendOptions): string | undefined {
  const names = ["camera", "cameraId", ...Object.keys(CAMERA_OPTIONS)] as (keyof SendOptions)[];
  if (options.output.length > 0) return "--output";
  const given = names.find((name) => options[name] !== undefined);
  return given && `--${given.replace("Id", "-id")}`;
}
