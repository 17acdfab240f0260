import { mkdir, readFile } from "node:fs/promises";
import { StreamError } from "../../lib/errors.js";
import { redact } from "../../lib/redact.js";
import { packageFile } from "../package-file.js";
import { readGroups, readUser } from "./accounts.js";
import { checkServiceOptions } from "./check-service-options.js";
import { readVariable, setVariable } from "./environment-file.js";
import { isThere } from "./is-there.js";
import { redactOptions } from "./redact-options.js";
import { requireControl } from "./require-control.js";
import { MARK, OPTIONS_VARIABLE, type ServiceFiles, serviceFiles } from "./service-files.js";
import type { Identity, ServiceHost } from "./service-host.js";
import { ServiceSteps } from "./service-steps.js";
import { serviceUnit } from "./service-unit.js";
import { joinWords, splitWords } from "./shell-words.js";

/** Any user without rights of its own: systemd makes a new one at each start. */
const NOBODY: Identity = { uid: 65_534, gid: 65_534 };

/** What `service install` is asked for. */
export interface InstallServiceOptions {
  name?: string;
  /** Who runs it. Default: a user that systemd makes. */
  user?: string;
  dryRun?: true;
  /** Options of `glasslink send`; none keep those that are there. */
  sendOptions: readonly string[];
}

/**
 * Installs the sender as a service of systemd, or updates it, and starts it.
 * @throws StreamError `invalid-option`, `invalid-url` for options that `send` refuses, `unsupported` where it cannot
 * be installed, `process-failed` when systemctl refuses
 */
export async function installService(
  options: InstallServiceOptions,
  host: ServiceHost,
  print: (text: string) => void,
): Promise<void> {
  const files = serviceFiles(options.name);
  const stored = await storedOptions(files, host);
  const words = options.sendOptions.length > 0 ? options.sendOptions : storedWords(stored, files);
  await checkServiceOptions({ words, stored, files, hasOwnUser: options.user === undefined }, host);
  if (!options.dryRun) await requireControl(host, "install");
  const identity = options.user === undefined ? NOBODY : await readUser(host, options.user);
  const environment = options.sendOptions.length > 0 ? setVariable(stored, OPTIONS_VARIABLE, joinWords(words)) : stored;
  requirePlainPath(host.program[0]);
  const unit = await unitFile(options, files, host);
  if (!options.dryRun) await requireAccess(host, identity, options.user);

  const steps = new ServiceSteps(host, print, options.dryRun ?? false);
  print(`${files.name} sends with: ${redactOptions(joinWords(words.map(redact))) || "the defaults of glasslink send"}`);
  const folder = host.path(files.environmentFolder);
  if (!(await isThere(folder))) {
    await steps.step(`make the folder ${files.environmentFolder}`, () => mkdir(folder, { mode: 0o755 }));
  }
  // Only systemd itself reads the one with the passwords, as root.
  const optionsChanged = await steps.write({ path: files.environment, text: environment, mode: 0o600 });
  const unitChanged = await steps.write({ path: files.unit, text: unit, mode: 0o644 });
  await steps.systemctl("daemon-reload");
  await steps.systemctl("enable", files.unitName);
  const isActive = !options.dryRun && (await host.run("systemctl", ["is-active", files.unitName])).code === 0;
  if (isActive && !optionsChanged && !unitChanged) steps.keep(`${files.unitName} running as it is`);
  else await steps.systemctl("restart", files.unitName);
  const named = options.name === undefined ? "" : ` --name ${files.name}`;
  print(`see how it does: glasslink service status${named}; journalctl --unit ${files.name} --follow`);
}

/** The environment file as it is, or as it begins. */
async function storedOptions({ name, environment }: ServiceFiles, host: ServiceHost): Promise<string> {
  try {
    return await readFile(host.path(environment), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Without root it cannot be read, and is about to be refused or only to be told about.
    if (code !== "ENOENT" && code !== "EACCES") throw error;
    const comment = `# Options of \`glasslink send\`, quoted as for a shell. After a change: sudo systemctl restart ${name}`;
    return [MARK, comment, `${OPTIONS_VARIABLE}=""`, ""].join("\n");
  }
}

function storedWords(stored: string, { environment }: ServiceFiles): string[] {
  try {
    return splitWords(readVariable(stored, OPTIONS_VARIABLE) ?? "");
  } catch (error) {
    throw new StreamError("invalid-option", `${OPTIONS_VARIABLE} in ${environment}: ${(error as Error).message}`);
  }
}

async function unitFile(options: InstallServiceOptions, files: ServiceFiles, host: ServiceHost): Promise<string> {
  const before = await readFile(host.path(files.unit), "utf8").catch(() => MARK);
  if (!before.startsWith(MARK)) {
    const advice = "remove it, or choose another --name";
    throw new StreamError("unsupported", `${files.unit} was not written by glasslink service install; ${advice}`);
  }
  const [template, groups] = await Promise.all([
    readFile(packageFile("deploy/glasslink-sender.service"), "utf8"),
    readGroups(host),
  ]);
  const { name } = files;
  return serviceUnit(template, {
    ...{ name, program: host.program },
    ...(options.user !== undefined && { user: options.user }),
    ...(groups && { groups }),
  });
}

// What systemd refuses, it refuses at the start of the service only.
function requirePlainPath(node: string): void {
  if (!/["'\\]|\p{Cc}/u.test(node)) return;
  throw new StreamError("unsupported", `systemd runs no program whose path has quotes or backslashes: ${node}`);
}

async function requireAccess(host: ServiceHost, identity: Identity, user: string | undefined): Promise<void> {
  const problem = await host.tryAs(identity);
  if (problem === undefined) return;
  const who = user === undefined ? "the service's own user" : `user ${user}`;
  const advice =
    user === undefined
      ? `install both for all users, or run the service as one who can: --user ${host.invoker ?? "NAME"}`
      : "choose another --user, or install both for all users";
  const [node, main] = host.program;
  throw new StreamError("unsupported", `${who} cannot run ${node} with ${main} (${problem}); ${advice}`);
}
