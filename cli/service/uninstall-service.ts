import { readFile, rm, rmdir } from "node:fs/promises";
import { StreamError } from "../../lib/errors.js";
import { isThere } from "./is-there.js";
import { requireControl } from "./require-control.js";
import { MARK, serviceFiles } from "./service-files.js";
import type { ServiceHost } from "./service-host.js";
import { ServiceSteps } from "./service-steps.js";

/** What `service uninstall` is asked for. */
export interface UninstallServiceOptions {
  name?: string;
  dryRun?: true;
}

/**
 * Stops the service, and removes what install wrote and nothing else.
 * @throws StreamError `unsupported` where nothing can be changed or the unit is not install's, `process-failed` when
 * systemctl refuses
 */
export async function uninstallService(
  options: UninstallServiceOptions,
  host: ServiceHost,
  print: (text: string) => void,
): Promise<void> {
  const files = serviceFiles(options.name);
  if (!options.dryRun) await requireControl(host, "uninstall");
  const unit = await readText(host.path(files.unit));
  const environment = await readText(host.path(files.environment));
  if (unit === undefined && environment === undefined) return print(`${files.name} is not installed; nothing to do`);
  if (unit !== undefined && !unit.startsWith(MARK)) {
    throw new StreamError("unsupported", `${files.unit} was not written by glasslink service install, and stays`);
  }
  const steps = new ServiceSteps(host, print, options.dryRun ?? false);
  if (unit !== undefined) {
    await steps.systemctl("disable", "--now", files.unitName);
    await steps.step(`remove ${files.unit}`, () => rm(host.path(files.unit)));
    await steps.systemctl("daemon-reload");
  }
  if (environment?.startsWith(MARK)) {
    await steps.step(`remove ${files.environment}`, () => rm(host.path(files.environment)));
    // It stays as long as it holds something of others.
    if (!options.dryRun) await rmdir(host.path(files.environmentFolder)).catch(() => {});
  } else if (environment !== undefined) steps.keep(`${files.environment}, which install did not make`);
  for (const path of [files.dropIns, files.logs, files.state]) {
    if (await isThere(host.path(path)))
      steps.keep(`${path}, which install did not make; it goes with: sudo rm -r ${path}`);
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
