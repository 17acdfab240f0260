import { StreamError } from "../../lib/errors.js";
import { isThere } from "./is-there.js";
import type { ServiceHost } from "./service-host.js";

/**
 * Refuses to go on where services cannot be changed.
 * @param action the subcommand, for the advice
 * @throws StreamError `unsupported`
 */
export async function requireControl(host: ServiceHost, action: string): Promise<void> {
  await requireSystemd(host);
  if (host.isRoot) return;
  const advice = `run it with sudo: sudo glasslink service ${action} …`;
  throw new StreamError("unsupported", `service ${action} changes /etc and systemd, and needs root; ${advice}`);
}

/**
 * @throws StreamError `unsupported` where another program than systemd runs the machine
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_booted.html
 */
export async function requireSystemd(host: ServiceHost): Promise<void> {
  if (await isThere(host.path("/run/systemd/system"))) return;
  throw new StreamError("unsupported", "systemd does not run this machine: there is no /run/systemd/system");
}
