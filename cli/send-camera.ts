import { StreamError } from "../lib/errors.js";
import { redact } from "../lib/redact.js";
import type { CameraOptions } from "../server/cameras/options.js";
import { Sender } from "../server/sender.js";
import type { SenderStats } from "../server/sender-state.js";
import { receiveHint } from "./receive-command.js";
import type { CommandContext } from "./run-command.js";
import type { SendOptions } from "./send-options.js";
import { completeUrl, openSendOutputs, type SendAdditions } from "./send-outputs.js";

/** One camera, and where it goes. */
export interface SendCameraOptions {
  camera: CameraOptions;
  urls: readonly string[];
  additions: SendAdditions;
  options: Pick<SendOptions, "stamp" | "seconds" | "tlsCert">;
  /** Resolves when `options.seconds` are over. */
  timeIsUp?: Promise<unknown>;
}

/** What it works with. */
export type SendCameraContext = Pick<CommandContext, "signal" | "logger" | "print" | "ready">;

/**
 * Sends a camera until the user or `timeIsUp` ends it, and says what is sent where.
 * @throws StreamError what no further try can mend, or why nothing was sent
 */
export async function sendCamera(run: SendCameraOptions, context: SendCameraContext): Promise<void> {
  const { camera, urls, options } = run;
  const { signal, logger, print } = context;
  const outputs = openSendOutputs(urls, run.additions);
  await using sender = new Sender({ camera, outputs, stamp: options.stamp, logger });
  let trouble: StreamError | undefined;
  sender.on("warning", (warning) => {
    trouble = warning;
  });
  const ended = new Promise<void>((resolve, reject) => {
    sender.on("error", reject);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  ended.catch(() => {});
  let ready = false;
  const announced = sender.ready.then(() => {
    ready = true;
    print(sender.stats().camera);
    for (const [index, { url }] of sender.outputs.entries()) {
      const given = completeUrl(urls[index] ?? url, run.additions);
      const hint = receiveHint(url, given, { isSecure: options.tlsCert !== undefined });
      print(`${redact(url)}  ${hint}`);
    }
    context.ready(sender.stats().camera);
    return ended;
  });
  await Promise.race([announced, ended, ...(run.timeIsUp ? [run.timeIsUp] : [])]);
  if (signal.aborted || (ready && sender.stats().outputs.some(wasOpen))) return;
  const reason = trouble?.message ?? `${sender.stats().camera}: no picture came`;
  const message = `nothing was sent in ${options.seconds} s: ${reason}`;
  throw new StreamError(trouble?.code ?? "stalled", message, { cause: trouble });
}

/** Whether anybody was or could have been sent something. */
function wasOpen({ sentBytes, restarts }: SenderStats["outputs"][number]): boolean {
  return sentBytes > 0 || Object.keys(restarts).length === 0;
}
