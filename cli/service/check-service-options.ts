import { stat } from "node:fs/promises";
import { isAbsolute, normalize } from "node:path";
import { StreamError } from "../../lib/errors.js";
import { checkSendOptions } from "../check-send-options.js";
import { readSendConfig } from "../send-config.js";
import { configPath, type SendOptions } from "../send-options.js";
import { readVariable } from "./environment-file.js";
import type { ServiceFiles } from "./service-files.js";
import type { ServiceHost } from "./service-host.js";

/** Those that `glasslink send` reads. */
const VARIABLES = ["CONFIG_PATH", "SERVER_URL", "LEFT_CAMERA_ID", "RIGHT_CAMERA_ID"];

/** What a service is to run. */
export interface ServiceOptions {
  /** Options of `glasslink send`. */
  words: readonly string[];
  /** The environment file. */
  stored: string;
  files: ServiceFiles;
  /** Whether a user runs it that systemd makes. */
  hasOwnUser: boolean;
}

/**
 * Checks what a service is to run as `send` would, and that it can read and write the files that it is told to.
 * @throws StreamError `invalid-option`, `invalid-url`
 */
export async function checkServiceOptions(service: ServiceOptions, host: ServiceHost): Promise<void> {
  const options = checkSendOptions(service.words);
  checkLogFile(options, service.files);
  await checkConfig(options, service, host);
}

function checkLogFile({ logFile }: SendOptions, { logs, state }: ServiceFiles): void {
  if (logFile === undefined || !isAbsolute(logFile)) return;
  if ([logs, state].some((folder) => normalize(logFile).startsWith(`${folder}/`))) return;
  throw new StreamError("invalid-option", `--log-file ${logFile}: the service can write only to ${logs} and ${state}`);
}

async function checkConfig(options: SendOptions, service: ServiceOptions, host: ServiceHost): Promise<void> {
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, readVariable(service.stored, name)]));
  const path = configPath(options, environment);
  if (path === undefined) return;
  if (!isAbsolute(path)) {
    throw new StreamError("invalid-option", `--config ${path}: the service needs the whole path, such as /etc/${path}`);
  }
  await readSendConfig(host.path(path), environment);
  const { mode } = await stat(host.path(path));
  if (!service.hasOwnUser || (mode & 0o004) !== 0) return;
  const advice = `let all read it (sudo chmod o+r ${path}) and give its token here as --token, or choose a --user`;
  throw new StreamError("invalid-option", `--config ${path}: the service's own user cannot read it; ${advice}`);
}
