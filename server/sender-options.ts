import { z } from "zod";
import { type Clock, systemClock } from "../lib/clock.js";
import { invalidOption } from "../lib/invalid-option.js";
import { type Logger, silentLogger } from "../lib/logger.js";
import type { Camera } from "./cameras/camera.js";
import type { CameraOptions } from "./cameras/options.js";
import type { Output } from "./outputs/output.js";

/** How a {@link Sender} is set up. */
export interface SenderOptions {
  /** Which camera: its options (`{ kind: "pattern", width: 1280 }`), or one of your own. */
  camera: CameraOptions | Camera;
  /** Where to send: URLs (`tcp://:8000`, `udp://239.1.1.1:5000?format=ts`), or outputs of your own; at least one. */
  outputs: readonly (string | Output)[];
  /** Whether H.264 and H.265 carry frame stamps, from which receivers tell latency and loss. Default true. */
  stamp?: boolean;
  /** Silence of a running camera after which it is started again, in milliseconds. Default 2000. */
  stallTimeoutMs?: number;
  /** How long a camera may take to its first picture, in milliseconds. Default 10000. */
  startTimeoutMs?: number;
  /** Path of ffmpeg for cameras that need it. Default: FFMPEG_PATH, else PATH. */
  ffmpegPath?: string;
  /** Path of rpicam-vid. Default: `rpicam-vid`, else `libcamera-vid`, from PATH. */
  rpicamPath?: string;
  /** Default: silence. */
  logger?: Logger;
  /** Default: the machine's. */
  clock?: Clock;
}

/** What holds where {@link SenderOptions} say nothing else. */
export const DEFAULTS = {
  stamp: true,
  stallTimeoutMs: 2_000,
  startTimeoutMs: 10_000,
  logger: silentLogger,
  clock: systemClock,
} as const;

/** Options after {@link resolveSenderOptions}: nothing with a default is missing. */
export type ResolvedSenderOptions = SenderOptions & Required<Pick<SenderOptions, keyof typeof DEFAULTS>>;

const MILLISECONDS = "must be a number of milliseconds from 50 to 600000";
const milliseconds = z.number(MILLISECONDS).min(50, MILLISECONDS).max(600_000, MILLISECONDS).optional();
const path = z.string("must be a path").min(1, "must be a path").optional();
const withMethods = <T>(names: string[], message: string) =>
  z.custom<T>((value) => names.every((name) => typeof Object(value)[name] === "function"), message);
const OUTPUT = "must be a URL such as tcp://:8000, or an Output";
const OUTPUTS = "must be a list of at least one URL such as tcp://:8000";

const SHAPE = {
  camera: z.custom<CameraOptions | Camera>(
    (value) => typeof value === "object" && value !== null,
    'must be options such as { kind: "pattern" }, or a Camera',
  ),
  outputs: z
    .array(z.union([z.string(), withMethods<Output>(["run", "unit", "stats"], OUTPUT)], OUTPUT), OUTPUTS)
    .min(1, OUTPUTS),
  stamp: z.boolean("must be true or false").optional(),
  stallTimeoutMs: milliseconds,
  startTimeoutMs: milliseconds,
  ffmpegPath: path,
  rpicamPath: path,
  logger: withMethods<Logger>(["debug", "info", "warn", "error"], "must be a Logger").optional(),
  clock: withMethods<Clock>(["now", "wallNow", "after", "every"], "must be a Clock").optional(),
};
const SCHEMA = z.strictObject(SHAPE, {
  error: ({ code, keys }) =>
    code === "unrecognized_keys"
      ? `${keys} is unknown; allowed: ${Object.keys(SHAPE).join(", ")}`
      : "must be an object",
});

/**
 * Options with every default filled in.
 * @throws StreamError `invalid-option` that names the option, its value and what is allowed
 */
export function resolveSenderOptions(options: SenderOptions): ResolvedSenderOptions {
  const result = SCHEMA.safeParse(options);
  if (!result.success) throw invalidOption(result.error, options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as unknown as SenderOptions) };
}
