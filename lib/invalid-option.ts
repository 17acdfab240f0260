import { inspect } from "node:util";
import type { z } from "zod";
import { StreamError } from "./errors.js";

/** Turns what zod found first into one line: the option's path, its value and what is allowed. */
export function invalidOption(error: z.ZodError, options: unknown): StreamError {
  const issue = error.issues[0];
  const path = issue?.path.join(".") || "options";
  let value: unknown = options;
  for (const key of issue?.path ?? []) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const given =
    issue?.code === "unrecognized_keys"
      ? ""
      : ` = ${inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).replaceAll("'", '"')}`;
  return new StreamError("invalid-option", `${path}${given}: ${issue?.message}`, { details: { option: path } });
}
