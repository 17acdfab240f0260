import { z } from "zod";
import type { Clock } from "../clock.js";
import { invalidOption } from "../invalid-option.js";
import type { Logger } from "../logger.js";

/** As many as a sender takes. */
const MOST_MESSAGES = 100;

/** How a TelemetryClient receives. Everything has a default. */
export interface TelemetryClientOptions {
  /**
   * Which MAVLink messages come as `message` events: all, or those with these names (such as `ATTITUDE`) or ids, 100 at
   * most. Default: none.
   */
  messages?: "all" | readonly (string | number)[];
  /** How long connecting may take, in milliseconds. Default 5000. */
  connectTimeoutMs?: number;
  /** False: takes a certificate that nobody vouches for, with `https://`. Default true. */
  rejectUnauthorized?: boolean;
  /** Default: silent. */
  logger?: Logger;
  /** For tests. Default: the machine's. */
  clock?: Clock;
}

/** Every default value in one place. */
const DEFAULTS = { connectTimeoutMs: 5_000, rejectUnauthorized: true } as const;

const message = z.union([z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/), z.int().min(0).max(0xff_ff_ff)]);
const allowed = `must be "all", or a list of at most ${MOST_MESSAGES} names, such as ATTITUDE, or ids`;

const schema = z.strictObject({
  messages: z.union([z.literal("all"), z.array(message).max(MOST_MESSAGES)], allowed).default([]),
  connectTimeoutMs: z.number().min(1).max(3_600_000).default(DEFAULTS.connectTimeoutMs),
  rejectUnauthorized: z.boolean().default(DEFAULTS.rejectUnauthorized),
  logger: z.custom<Logger>((value) => typeof value === "object" && value !== null).optional(),
  clock: z.custom<Clock>((value) => typeof value === "object" && value !== null).optional(),
});

/** Options with every default filled in. */
export type ResolvedTelemetryClientOptions = z.output<typeof schema>;

/**
 * Checks options and fills in the defaults.
 * @throws StreamError `invalid-option` that names the option, its value and what is allowed
 */
export function resolveTelemetryOptions(options: TelemetryClientOptions): ResolvedTelemetryClientOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw invalidOption(result.error, options);
}
