import { readFile } from "node:fs/promises";
import { redact } from "../../lib/redact.js";
import { readVariable } from "./environment-file.js";
import { redactOptions } from "./redact-options.js";
import { requireSystemd } from "./require-control.js";
import { OPTIONS_VARIABLE, type ServiceFiles, serviceFiles } from "./service-files.js";
import type { ServiceHost } from "./service-host.js";
import { joinWords, splitWords } from "./shell-words.js";
import { showUnit } from "./systemctl.js";

const PROPERTIES = [
  ...["LoadState", "ActiveState", "SubState", "Result", "UnitFileState", "MainPID", "NRestarts"],
  ...["ActiveEnterTimestamp", "InactiveEnterTimestamp", "ExecMainStatus"],
];
const LOG_LINES = 10;

/**
 * Prints how the service does, and gives systemctl's exit code: 0 it runs, 3 it does not, 4 it is not installed.
 * @throws StreamError `invalid-option` for a name, `unsupported` without systemd, `process-failed` when systemctl refuses
 */
export async function serviceStatus(
  name: string | undefined,
  host: ServiceHost,
  print: (text: string) => void,
): Promise<0 | 3 | 4> {
  const files = serviceFiles(name);
  await requireSystemd(host);
  const unit = await showUnit(host, files.unitName, PROPERTIES);
  if (unit.LoadState === "not-found") {
    print(`${files.name} is not installed; glasslink service install installs it`);
    return 4;
  }
  print(describeState(files, unit));
  print(row("options", await describeOptions(files, host)));
  print(row("log", await readLog(files, host)));
  return unit.ActiveState === "active" ? 0 : 3;
}

function describeState(files: ServiceFiles, unit: Record<string, string>): string {
  const isActive = unit.ActiveState === "active";
  const since = isActive ? unit.ActiveEnterTimestamp : unit.InactiveEnterTimestamp;
  const failed =
    unit.Result !== "success" && unit.Result !== "" ? `; ${unit.Result}, exit code ${unit.ExecMainStatus}` : "";
  return [
    row("unit", `${files.unit}, ${unit.UnitFileState}`),
    row("state", `${unit.ActiveState} (${unit.SubState})${since ? `, since ${since}` : ""}${isActive ? "" : failed}`),
    row("process", unit.MainPID === "0" ? "none" : `${unit.MainPID}`),
    row("restarts", `${unit.NRestarts}`),
  ].join("\n");
}

async function describeOptions({ environment }: ServiceFiles, host: ServiceHost): Promise<string> {
  try {
    const text = readVariable(await readFile(host.path(environment), "utf8"), OPTIONS_VARIABLE) ?? "";
    return redactOptions(joinWords(splitWords(text).map(redact))) || "none: the defaults of glasslink send";
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EACCES") return `in ${environment}, which root may read: sudo glasslink service status`;
    return code === "ENOENT" ? "none: the defaults of glasslink send" : message;
  }
}

async function readLog({ unitName }: ServiceFiles, host: ServiceHost): Promise<string> {
  const args = ["--unit", unitName, "--lines", String(LOG_LINES), "--no-pager", "--quiet", "--output", "short-iso"];
  const { stdout } = await host.run("journalctl", args);
  return redact(stdout.trimEnd()) || "none that may be read here; with sudo the whole journal is shown";
}

function row(title: string, text: string): string {
  return text
    .split("\n")
    .map((line, index) => `${(index === 0 ? title : "").padEnd(10)}${line}`)
    .join("\n");
}
