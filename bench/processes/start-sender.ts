import type { Written } from "./clip-camera.js";
import { answerOf, forkSender, killSender, type SenderPlace } from "./fork-sender.js";

/** A sender in a process of its own. */
export interface SenderHandle {
  /** Of our own Sender. */
  url: string;
  /** Of a plain server beside it: the same pictures at the same times, without delimiters and stamps. */
  plainUrl: string;
  port: number;
  /** Of the further outputs that were asked for, in their order. */
  outputUrls: string[];
  pid: number;
  /** When its first picture was there and it accepted clients, monotonic milliseconds. */
  acceptingAtMs: number;
  /** When which picture was handed over for sending, of the last 100 seconds at least. */
  written(): Promise<Written[]>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
}

/** How a sender is started. */
export interface SenderSettings extends SenderPlace {
  /** Of its TCP output; default any. */
  port?: number;
  /** Further outputs. */
  outputs?: string[];
  /** UDP port at which it hears a vehicle; all further outputs must be pages then. Default: nowhere. */
  mavlinkPort?: number;
  /** A gateway that it pushes to, offering to send nothing again. Default: none. */
  pushWithoutNack?: { url: string; cameraId: string };
}

/** Starts a sender of a clip; resolves when it sends. */
export async function startSender(clip: string, settings: SenderSettings = {}): Promise<SenderHandle> {
  const { port = 0, outputs = [], mavlinkPort, pushWithoutNack } = settings;
  const child = forkSender("sender", { clip, port, outputs, mavlinkPort, pushWithoutNack }, settings);
  const { url, plainUrl, outputUrls, acceptingAtMs } = await answerOf<SenderHandle>(child);
  return {
    ...{ url, plainUrl, outputUrls, acceptingAtMs, pid: child.pid as number },
    port: Number(new URL(url).port),
    written: () => answerOf<Written[]>(child, "log"),
    kill: () => killSender(child),
  };
}
