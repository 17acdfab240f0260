import type { MachineHealth } from "../../lib/telemetry/telemetry-snapshot.js";
import { quantity, type TextLine, textLine } from "./text-line.js";

const HOT_C = 80;
const MEBIBYTE = 1024 * 1024;

/** The sender's machine in words; nothing where it tells nothing at all. */
export function machineLines(health: MachineHealth | undefined): TextLine[] {
  if (!health) return [];
  const { cpuTemperatureC, coreLoadPercent, memory, throttled, undervoltage } = health;
  const isHot = cpuTemperatureC !== null && cpuTemperatureC >= HOT_C;
  return [
    textLine("CPU", quantity(cpuTemperatureC, "°C", 0), isHot ? "danger" : "plain"),
    textLine("load", coreLoadPercent && quantity(mean(coreLoadPercent), "%", 0)),
    textLine("memory", memory && memoryText(memory)),
    ...(undervoltage ? [textLine("", "UNDERVOLTAGE", "danger")] : []),
    ...(throttled ? [textLine("", "THROTTLED", "danger")] : []),
  ];
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function memoryText({ totalBytes, availableBytes }: { totalBytes: number; availableBytes: number }): string {
  return `${Math.round((totalBytes - availableBytes) / MEBIBYTE)} of ${Math.round(totalBytes / MEBIBYTE)} MB`;
}
