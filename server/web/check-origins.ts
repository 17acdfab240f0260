import { StreamError } from "../../lib/errors.js";

/**
 * Checks what a program gives as `allowedOrigins`.
 * @throws StreamError `invalid-option` that names the first that no browser would write so
 */
export function checkOrigins(origins: readonly string[]): void {
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong === undefined) return;
  const allowed = "must be as browsers write it: https://cockpit.example, without a path";
  throw new StreamError("invalid-option", `allowedOrigins: ${JSON.stringify(wrong)} ${allowed}`);
}
