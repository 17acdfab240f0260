import type { Written } from "./clip-camera.js";
import { answerOf, forkSender, killSender, type SenderPlace } from "./fork-sender.js";

/** How a sender of JPEGs is started. */
export interface MjpegSenderSettings extends SenderPlace {
  /** Pictures a second. */
  fps: number;
  outputs: string[];
}

/** What a sender noted of its pictures. */
export interface MjpegTimes {
  /** When which was handed over for sending, of the last 100 seconds at least. */
  handedOver: Written[];
  /** When the last chunk of which was sent by chunked UDP, to every client. */
  lastChunks: Written[];
}

/** A sender of JPEGs in a process of its own. */
export interface MjpegSenderHandle {
  /** Of its outputs, in their order. */
  urls: string[];
  pid: number;
  times(): Promise<MjpegTimes>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a sender of a clip of JPEGs; resolves when it sends. */
export async function startMjpegSender(clip: string, settings: MjpegSenderSettings): Promise<MjpegSenderHandle> {
  const { core, namespace, ...own } = settings;
  const child = forkSender("mjpeg-sender", { clip, ...own }, settings);
  const urls = await answerOf<string[]>(child);
  return {
    urls,
    pid: child.pid as number,
    times: () => answerOf<MjpegTimes>(child, "times"),
    kill: () => killSender(child),
  };
}
