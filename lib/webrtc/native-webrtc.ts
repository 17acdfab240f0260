import type nodeDataChannel from "node-datachannel";
import { StreamError } from "../errors.js";

/** The WebRTC library, which is native code. */
export type NativeWebrtc = typeof nodeDataChannel;

/**
 * Loads the library when it is needed first, as not every machine has it.
 *
 * Its objects must be kept until they have said that they are closed, tracks too: one that is collected before leaves
 * a pointer behind, and Node.js crashes or does not end. Whoever keeps that has no need of the library's `cleanup`.
 * @throws StreamError `unsupported` where it cannot be loaded
 */
export async function loadNativeWebrtc(): Promise<NativeWebrtc> {
  try {
    return (await import("node-datachannel")).default;
  } catch (error) {
    const machine = `${process.platform} on ${process.arch}`;
    const reason = String((error as Error).message).split("\n")[0];
    const message = `WebRTC needs node-datachannel, which cannot be loaded here (${machine}): ${reason}`;
    throw new StreamError("unsupported", message, { cause: error });
  }
}
