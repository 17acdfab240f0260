import { setTimeout } from "node:timers/promises";
import { systemClock } from "../lib/clock.js";
import { StreamError } from "../lib/errors.js";
import { silentLogger } from "../lib/logger.js";
import { parseCamera } from "../server/cameras/parse-camera.js";
import { readRpicamCapabilities } from "../server/cameras/rpicam-capabilities.js";
import type { CommandContext } from "./run-command.js";
import { sendCamera } from "./send-camera.js";
import type { SendConfig } from "./send-config.js";
import { cameraSpecification, configPath, type SendOptions } from "./send-options.js";
import { sendAdditions } from "./send-outputs.js";
import { SendTelemetry } from "./send-telemetry.js";

/**
 * Sends what the options name until the user ends it, or for `options.seconds`.
 * @throws StreamError what no further try can mend
 */
export async function runSend(options: SendOptions, context: CommandContext): Promise<void> {
  const { signal } = context;
  const limitMs = options.seconds === undefined ? undefined : options.seconds * 1_000;
  const timeIsUp = limitMs === undefined ? undefined : setTimeout(limitMs, undefined, { ref: false });
  const path = configPath(options, process.env);
  const plan =
    path === undefined
      ? { camera: parseCamera(cameraSpecification(options.camera ?? (await defaultCamera(signal)), options)) }
      : await readConfig(path);
  signal.throwIfAborted();
  const tls = { certPath: options.tlsCert, keyPath: options.tlsKey };
  await using telemetry = await SendTelemetry.open(options, tls, context);
  if (telemetry) context.print(`${telemetry.url}  telemetry of ${options.telemetry}`);
  const run = { additions: sendAdditions(options, telemetry), options, ...(timeIsUp && { timeIsUp }) };
  const urls = options.output.length > 0 ? options.output : ["tcp://:8000"];
  if (!("cameras" in plan)) return await sendCamera({ ...run, ...plan, urls }, context);
  const { sendConfigured } = await import("./send-configured.js");
  await sendConfigured(plan, { ...run, mock: options.mock }, context);
}

async function readConfig(path: string): Promise<SendConfig> {
  // What reads it is loaded only here: one camera is sent sooner without.
  const { readSendConfig } = await import("./send-config.js");
  return await readSendConfig(path, process.env);
}

async function defaultCamera(signal: AbortSignal): Promise<string> {
  try {
    const { cameras } = await readRpicamCapabilities({ clock: systemClock, logger: silentLogger }, signal);
    if (cameras.length > 0) return "rpicam";
  } catch (error) {
    // Programs that are ended while they are asked look like broken ones.
    signal.throwIfAborted();
    if (!(error instanceof StreamError) || error.code !== "camera-missing") throw error;
  }
  signal.throwIfAborted();
  const choices = "pattern (no hardware needed), rpicam[:n], v4l2:/dev/video0, webcam, file:clip.mp4";
  throw new StreamError("camera-missing", `no Raspberry Pi camera was found; choose one with --camera: ${choices}`);
}
