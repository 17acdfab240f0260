import { StreamError } from "../../lib/errors.js";
import type { ServiceHost } from "./service-host.js";

/**
 * Runs systemctl.
 * @throws StreamError `process-failed` with what it said
 */
export async function systemctl(host: ServiceHost, ...args: string[]): Promise<void> {
  const { code, stderr } = await host.run("systemctl", args);
  if (code !== 0) throw new StreamError("process-failed", `systemctl ${args.join(" ")} failed: ${stderr.trim()}`);
}

/** Properties of a unit, by name; those that systemd does not know are absent. */
export async function showUnit(
  host: ServiceHost,
  unitName: string,
  properties: readonly string[],
): Promise<Record<string, string>> {
  const args = ["show", unitName, `--property=${properties.join(",")}`];
  const { code, stdout, stderr } = await host.run("systemctl", args);
  if (code !== 0) throw new StreamError("process-failed", `systemctl ${args.join(" ")} failed: ${stderr.trim()}`);
  const lines = stdout.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
