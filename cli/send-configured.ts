import { access } from "node:fs/promises";
import { type Logger, StreamError, silentLogger, systemClock } from "../lib/index.js";
import type { ResolvedCameraOptions } from "../server/cameras/options.js";
import { type RpicamCamera, readRpicamCapabilities } from "../server/cameras/rpicam-capabilities.js";
import { type DeviceMachine, findDevice, patternInPlaceOf } from "./find-device.js";
import type { CommandContext } from "./run-command.js";
import { type SendCameraOptions, sendCamera } from "./send-camera.js";
import type { ConfiguredCamera, SendConfig } from "./send-config.js";

/** What all cameras of a configuration have in common. */
export interface SendConfiguredOptions extends Omit<SendCameraOptions, "camera" | "urls"> {
  /** Whether the pattern takes the place of cameras that are not there. */
  mock: boolean;
}

/**
 * Sends every camera of a configuration, each for itself: what ends one leaves the others as they are.
 * @throws StreamError when all have ended for good
 */
export async function sendConfigured(
  config: SendConfig,
  options: SendConfiguredOptions,
  context: CommandContext,
): Promise<void> {
  const { signal, logger } = context;
  const machine = askOnce(signal);
  const ready = new Map<string, string>();
  const failures = new Map<string, StreamError>();
  const send = async (entry: ConfiguredCamera): Promise<void> => {
    const { id, urls } = entry;
    const own = {
      ...{ signal, logger: namedLogger(logger, id), print: (text: string) => context.print(`${id}: ${text}`) },
      ready: (text: string) => context.ready([...ready.set(id, text)].map((pair) => pair.join(": ")).join("; ")),
    };
    try {
      const camera = await cameraOf(entry, { machine, mock: options.mock, logger: own.logger });
      signal.throwIfAborted();
      const additions = { ...(config.token && { token: config.token }), ...options.additions, cameraId: id };
      await sendCamera({ ...options, camera, urls, additions }, own);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof StreamError)) throw error;
      failures.set(id, error);
      // The last one's is what the command ends with.
      if (failures.size < config.cameras.length) own.logger.error({ code: error.code }, `ended: ${error.message}`);
    }
  };
  await Promise.all(config.cameras.map(send));
  const [first] = failures.values();
  if (first === undefined || failures.size < config.cameras.length) return;
  // In the order of the file, whichever ended first.
  const reasons = config.cameras.map(({ id }) => `${id}: ${failures.get(id)?.message}`).join("; ");
  throw new StreamError(first.code, reasons, { cause: first });
}

async function cameraOf(
  { id, camera }: ConfiguredCamera,
  { machine, mock, logger }: { machine: DeviceMachine; mock: boolean; logger: Logger },
): Promise<ResolvedCameraOptions> {
  if ("kind" in camera) return camera;
  const device = { ...camera, id };
  try {
    return await findDevice(device, machine);
  } catch (error) {
    if (!mock || !(error instanceof StreamError) || error.code !== "camera-missing") throw error;
    logger.warn({}, `${error.message}; the test pattern takes its place (--no-mock makes this an error)`);
    return patternInPlaceOf(device);
  }
}

/** This machine. Its rpicam-vid is asked once: that takes seconds on a small Pi. */
function askOnce(signal: AbortSignal): DeviceMachine {
  let answer: Promise<readonly RpicamCamera[] | undefined> | undefined;
  const ask = async (): Promise<readonly RpicamCamera[] | undefined> => {
    try {
      return (await readRpicamCapabilities({ clock: systemClock, logger: silentLogger }, signal)).cameras;
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      return error.code === "camera-missing" ? [] : undefined;
    }
  };
  return {
    rpicamCameras: () => {
      answer ??= ask();
      return answer;
    },
    isThere: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
  };
}

function namedLogger(logger: Logger, id: string): Logger {
  const tell = (level: keyof Logger) => (details: object, message: string) =>
    logger[level]({ camera: id, ...details }, `${id}: ${message}`);
  return { debug: tell("debug"), info: tell("info"), warn: tell("warn"), error: tell("error") };
}
