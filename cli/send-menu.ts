import { StreamError } from "../lib/errors.js";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { findCameras } from "./find-cameras.js";
import type { CommandContext } from "./run-command.js";
import { askWhatToSend } from "./send-menu-questions.js";

/**
 * Looks which cameras are here, and asks on the terminal what is to be sent.
 * @returns words for `glasslink send`
 * @throws StreamError `closed` where the input ends; the signal's reason
 */
export async function sendMenu({ signal, status }: CommandContext): Promise<string[]> {
  status.show("looking for cameras …");
  const ffmpegPath = await findFfmpeg();
  const cameras = await findCameras({ signal, ...(ffmpegPath !== undefined && { ffmpegPath }) });
  signal.throwIfAborted();
  status.clear();
  return await askWhatToSend(cameras, { input: process.stdin, output: process.stdout, signal });
}

async function findFfmpeg(): Promise<string | undefined> {
  try {
    return (await locateFfmpeg()).path;
  } catch (error) {
    // What needs it says so, with the command that installs it.
    if (error instanceof StreamError) return undefined;
    throw error;
  }
}
