import { readdir, readFile } from "node:fs/promises";
import { systemClock } from "../lib/clock.js";
import { StreamError } from "../lib/errors.js";
import { silentLogger } from "../lib/logger.js";
import { captureOutput } from "../server/cameras/capture-output.js";
import { readRpicamCapabilities } from "../server/cameras/rpicam-capabilities.js";
import { WEBCAM_SYSTEMS } from "../server/cameras/webcam-systems.js";

/** A camera of this machine. */
export interface FoundCamera {
  /** As `glasslink send --camera` takes it. */
  camera: string;
  name: string;
}

/** How {@link findCameras} looks. */
export interface FindCamerasOptions {
  signal: AbortSignal;
  /** Without it only the Raspberry Pi's own cameras are found. */
  ffmpegPath?: string;
}

/** The cameras that `glasslink send` can use here. */
export async function findCameras(options: FindCamerasOptions): Promise<FoundCamera[]> {
  const found = [findRpicam(options.signal)];
  if (options.ffmpegPath !== undefined) found.push(findWebcams(options.ffmpegPath, options.signal));
  return (await Promise.all(found)).flat();
}

async function findRpicam(signal: AbortSignal): Promise<FoundCamera[]> {
  try {
    const { cameras } = await readRpicamCapabilities({ clock: systemClock, logger: silentLogger }, signal);
    return cameras.map(({ index, sensor }) => ({ camera: `rpicam:${index}`, name: sensor }));
  } catch (error) {
    // None installed, or none that answers: either way it cannot be used.
    if (error instanceof StreamError) return [];
    throw error;
  }
}

async function findWebcams(ffmpegPath: string, signal: AbortSignal): Promise<FoundCamera[]> {
  const system = WEBCAM_SYSTEMS[process.platform];
  const ask = async (args: readonly string[]): Promise<string[]> => {
    const command = { command: ffmpegPath, args: ["-hide_banner", "-nostdin", ...args], signal, clock: systemClock };
    return (await captureOutput(command)).stderr;
  };
  if (system?.devices) {
    return system.devices
      .parse(await ask(system.devices.args))
      .map(({ id, name }) => ({ camera: `webcam:${id}`, name }));
  }
  const found: FoundCamera[] = [];
  for (const device of await videoDevices()) {
    // A machine has many of these that are no cameras: codecs, scalers, metadata.
    const formats = system?.formats;
    if (formats && formats.parse(await ask(formats.args(device))).length === 0) continue;
    found.push({ camera: `v4l2:${device}`, name: await deviceName(device) });
  }
  return found;
}

async function videoDevices(): Promise<string[]> {
  const names = await readdir("/dev").catch(() => []);
  return names.filter((name) => /^video\d+$/.test(name)).map((name) => `/dev/${name}`);
}

async function deviceName(device: string): Promise<string> {
  const path = `/sys/class/video4linux/${device.replace("/dev/", "")}/name`;
  return (await readFile(path, "utf8").catch(() => device)).trim();
}
