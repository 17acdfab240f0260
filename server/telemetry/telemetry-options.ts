import { z } from "zod";
import type { Clock } from "../../lib/clock.js";
import { systemClock } from "../../lib/clock.js";
import { invalidOption } from "../../lib/invalid-option.js";
import { type Logger, silentLogger } from "../../lib/logger.js";

/** How a `Telemetry` is set up. */
export interface TelemetryOptions {
  /**
   * Where the vehicle is heard: `mavlink-udp://:14550`, `mavlink-udp://HOST:14550` or
   * `mavlink-serial:/dev/ttyAMA0:921600`. Default: nowhere, there is the machine's health only.
   */
  link?: string;
  /** Snapshots a second, 0.1 to 50, and how often the vehicle is asked for its attitude. Default 10. */
  rateHz?: number;
  /** Default: silence. */
  logger?: Logger;
  /** Default: the machine's. */
  clock?: Clock;
}

const DEFAULTS = { rateHz: 10, logger: silentLogger, clock: systemClock } as const;

/** Options after {@link resolveTelemetryOptions}. */
export type ResolvedTelemetryOptions = TelemetryOptions & Required<Pick<TelemetryOptions, keyof typeof DEFAULTS>>;

const RATE = "must be a number from 0.1 to 50 a second";
const SCHEMA = z.object({
  link: z.string("must be a URL such as mavlink-udp://:14550").optional(),
  rateHz: z.number(RATE).min(0.1, RATE).max(50, RATE).optional(),
});

/**
 * Options with every default filled in.
 * @throws StreamError `invalid-option` that names the option, its value and what is allowed
 */
export function resolveTelemetryOptions(options: TelemetryOptions): ResolvedTelemetryOptions {
  const result = SCHEMA.safeParse(options);
  if (!result.success) throw invalidOption(result.error, options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as TelemetryOptions) };
}
