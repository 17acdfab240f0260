import { CommanderError } from "commander";
import { StreamError } from "../lib/errors.js";
import { parseCamera } from "../server/cameras/parse-camera.js";
import { parseTelemetryUrl } from "../server/telemetry/telemetry-url.js";
import { sendCommand } from "./send.js";
import { cameraSpecification, configPath, type SendOptions } from "./send-options.js";
import { openSendOutputs, sendAdditions } from "./send-outputs.js";

/**
 * Options of `glasslink send`, checked as it would check them; nothing is started.
 * @throws StreamError `invalid-option`, `invalid-url`
 */
export function checkSendOptions(words: readonly string[]): SendOptions {
  const silent = { writeErr: () => {}, writeOut: () => {} };
  const command = sendCommand()
    .exitOverride()
    .configureOutput(silent)
    .action(() => {});
  try {
    command.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const reason = error.exitCode === 0 ? `${words.join(" ")} asks only for help` : error.message;
    throw new StreamError("invalid-option", `send options: ${reason.replace(/^error: /, "")}`);
  }
  const options = command.opts<SendOptions>();
  if (options.telemetry !== undefined) parseTelemetryUrl(options.telemetry);
  if (configPath(options, {}) !== undefined) return options;
  parseCamera(cameraSpecification(options.camera ?? "rpicam", options));
  openSendOutputs(options.output, sendAdditions(options));
  return options;
}
