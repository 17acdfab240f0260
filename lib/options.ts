import { z } from "zod";
import type { Clock } from "./clock.js";
import { PIXEL_FORMATS, type PixelFormat } from "./frame.js";
import { invalidOption } from "./invalid-option.js";
import type { Logger } from "./logger.js";
import { TelemetryClient } from "./telemetry/telemetry-client.js";

/** How a Receiver receives. Everything has a default. */
export interface ReceiverOptions {
  /** How pixels lie in memory. Default `rgb24`. */
  pixelFormat?: PixelFormat;
  /** Scales to this many pixels. Default: as the stream is. */
  size?: { width: number; height: number };
  /** Cuts this part out, in pixels of the decoded picture, before rotating and scaling. */
  crop?: { x: number; y: number; width: number; height: number };
  /** Turns clockwise by so many degrees. Default 0. */
  rotate?: 0 | 90 | 180 | 270;
  /** At most so many frames a second, evenly picked. Default: all. */
  maxFps?: number;
  /** `auto` (default), `none`, or one of `ffmpeg -hwaccels`; one that fails falls back to software with a `warning`. */
  hwaccel?: string;
  /** Default: the variable FFMPEG_PATH, else `ffmpeg` on PATH. */
  ffmpegPath?: string;
  /** How long nothing may come before the stream is opened again. Default 2000. */
  stallTimeoutMs?: number;
  /** How long opening the stream may take. Default 5000. */
  connectTimeoutMs?: number;
  /** How far the stream may fall behind live before it is opened again. Default 1000. */
  maxLagMs?: number;
  /** How lost streams are retried: exponentially from `minDelayMs` (25) to `maxDelayMs`, `limit` times in a row. */
  retry?: {
    minDelayMs?: number;
    /** Default 100 where a try costs little (tcp, udp), 2000 where it costs a process. */
    maxDelayMs?: number;
    /** Default Infinity. */
    limit?: number;
  };
  /** False: access units only, no decoder. Default true. */
  decode?: boolean;
  /**
   * Where the stream's sender tells its telemetry, such as `http://pi:8001`, or a client that stays yours to close:
   * frames carry telemetry then, and their latency from another machine. Default: none.
   */
  telemetry?: string | TelemetryClient;
  /** Default: silent. */
  logger?: Logger;
  /** For tests. Default: the machine's. */
  clock?: Clock;
  /** Closes the receiver when it aborts. */
  signal?: AbortSignal;
}

/** Every default value in one place. */
export const DEFAULTS = {
  pixelFormat: "rgb24",
  rotate: 0,
  hwaccel: "auto",
  stallTimeoutMs: 2_000,
  connectTimeoutMs: 5_000,
  maxLagMs: 1_000,
  retryMinDelayMs: 25,
  decode: true,
} as const;

const side = z.int().min(1).max(16_384);
const offset = z.int().min(0).max(16_384);
const milliseconds = z.number().min(1).max(3_600_000);

const schema = z.strictObject({
  pixelFormat: z.enum(PIXEL_FORMATS).default(DEFAULTS.pixelFormat),
  size: z.strictObject({ width: side, height: side }).optional(),
  crop: z.strictObject({ x: offset, y: offset, width: side, height: side }).optional(),
  rotate: z.literal([0, 90, 180, 270]).default(DEFAULTS.rotate),
  maxFps: z.number().min(0.01).max(1_000).optional(),
  hwaccel: z
    .string()
    .regex(/^[a-z0-9_]+$/, "must be auto, none, or a name that `ffmpeg -hwaccels` lists")
    .default(DEFAULTS.hwaccel),
  ffmpegPath: z.string().min(1).optional(),
  stallTimeoutMs: milliseconds.default(DEFAULTS.stallTimeoutMs),
  connectTimeoutMs: milliseconds.default(DEFAULTS.connectTimeoutMs),
  maxLagMs: milliseconds.default(DEFAULTS.maxLagMs),
  retry: z
    .strictObject({
      minDelayMs: milliseconds.default(DEFAULTS.retryMinDelayMs),
      maxDelayMs: milliseconds.optional(),
      limit: z.union([z.literal(Number.POSITIVE_INFINITY), z.number().min(0)]).default(Number.POSITIVE_INFINITY),
    })
    .prefault({}),
  decode: z.boolean().default(DEFAULTS.decode),
  telemetry: z
    .union([z.string(), z.instanceof(TelemetryClient)], "must be a URL, such as http://pi:8001, or a TelemetryClient")
    .optional(),
  logger: z.custom<Logger>((value) => typeof value === "object" && value !== null).optional(),
  clock: z.custom<Clock>((value) => typeof value === "object" && value !== null).optional(),
  signal: z.instanceof(AbortSignal).optional(),
});

/** Options with every default filled in. */
export type ResolvedReceiverOptions = z.output<typeof schema>;

/**
 * Checks options and fills in the defaults.
 * @throws StreamError `invalid-option` that names the option, its value and what is allowed
 */
export function resolveOptions(options: ReceiverOptions): ResolvedReceiverOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw invalidOption(result.error, options);
}
