import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineHealth } from "../../lib/telemetry/telemetry-snapshot.js";

/** Where the kernel tells how the machine is. */
export interface MachinePaths {
  /** Its sensors of temperature, each with `type` and `temp`. */
  thermal: string;
  memory: string;
  /** Devices of the Raspberry Pi's firmware, one of which has `get_throttled`. */
  firmware: string;
}

/** Of Linux; elsewhere there are none. */
export const MACHINE_PATHS: MachinePaths = {
  thermal: "/sys/class/thermal",
  memory: "/proc/meminfo",
  firmware: "/sys/bus/platform/drivers/raspberrypi-firmware",
};

/** The processor's sensor on a Pi and on Intel; then whatever names itself after a processor. */
const PROCESSOR_SENSORS = [/^cpu-thermal$/, /^x86_pkg_temp$/, /cpu/i, /soc/i];
const UNDERVOLTAGE = 1;
/** Slowed down by heat or voltage, not merely limited. */
const THROTTLED = 4;

/** The file with the processor's temperature; null where no sensor says that it is the processor's. */
export async function findCpuSensor(folder: string): Promise<string | null> {
  const zones = (await readdir(folder)).filter((name) => name.startsWith("thermal_zone"));
  const types = await Promise.all(zones.map((zone) => readFile(join(folder, zone, "type"), "utf8").catch(() => "")));
  for (const pattern of PROCESSOR_SENSORS) {
    const zone = zones[types.findIndex((type) => pattern.test(type.trim()))];
    if (zone !== undefined) return join(folder, zone, "temp");
  }
  return null;
}

/** Degrees; the file has thousandths. */
export async function readTemperature(path: string): Promise<number | null> {
  const text = await readFile(path, "utf8");
  return /^-?\d+\s*$/.test(text) ? Number(text) / 1_000 : null;
}

/** @see https://docs.kernel.org/filesystems/proc.html#meminfo */
export async function readMemory(path: string): Promise<MachineHealth["memory"]> {
  const text = await readFile(path, "utf8");
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) * 1_024;
  const [totalBytes, availableBytes] = [bytes("MemTotal"), bytes("MemAvailable")];
  return Number.isNaN(totalBytes + availableBytes) ? null : { totalBytes, availableBytes };
}

/** The file with the flags of a Raspberry Pi's supply; null on other machines. */
export async function findThrottling(folder: string): Promise<string | null> {
  for (const device of await readdir(folder)) {
    const path = join(folder, device, "get_throttled");
    const text = await readFile(path, "utf8").catch(() => null);
    if (text !== null) return path;
  }
  return null;
}

/**
 * The flags are hexadecimal.
 * @see https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
 */
export async function readThrottling(path: string): Promise<{ throttled: boolean; undervoltage: boolean } | null> {
  const text = (await readFile(path, "utf8")).trim();
  if (!/^(?:0x)?[\da-f]+$/i.test(text)) return null;
  const flags = Number.parseInt(text, 16);
  return { throttled: (flags & THROTTLED) !== 0, undervoltage: (flags & UNDERVOLTAGE) !== 0 };
}
