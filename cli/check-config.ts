import { z } from "zod";
import { StreamError } from "../lib/errors.js";

const SECRET = /pass|pwd|token|secret|key/i;

/** A mapping of a configuration file, which refuses names that it does not have, and tells which it has. */
export function configObject<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `"${issue.keys?.join('", "')}" is unknown; allowed: ${allowed}`
        : `must be a mapping with ${allowed}`,
  });
}

/**
 * The checked form of what a configuration file holds.
 * @param path of the file, for messages
 * @throws StreamError `invalid-option` that names file, place, value and what is allowed; no value that may be secret
 */
export function checkConfig<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path ?? [];
  const name = place.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  const found = describe(at(value, place), String(place.at(-1) ?? ""));
  const where = [path, name.replace(/^\./, "") + found].filter((text) => text !== "").join(": ");
  throw new StreamError("invalid-option", `${where}: ${issue?.message}`, { details: { option: name.slice(1) } });
}

function at(value: unknown, place: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of place) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return found;
}

/** Mappings and lists are left out: they are long, and hold who knows what. */
function describe(value: unknown, name: string): string {
  if (value === undefined || (typeof value === "object" && value !== null)) return "";
  return SECRET.test(name) ? " = ***" : ` = ${JSON.stringify(value)}`;
}
