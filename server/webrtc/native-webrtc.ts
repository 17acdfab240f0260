import type nodeDataChannel from "node-datachannel";
import { StreamError } from "../../lib/errors.js";

/** The WebRTC library, which is native code. */
export type NativeWebrtc = typeof nodeDataChannel;

/** Leave to use the library. */
export interface NativeLease {
  native: NativeWebrtc;
  /** Every connection that was made with it is closed. Idempotent. */
  release(): void;
}

let leases = 0;

/**
 * Loads the library when it is needed first, as not every machine has it. Behind the last lease its threads end, without
 * which Node.js would never exit.
 * @throws StreamError `unsupported` where it cannot be loaded
 */
export async function leaseNativeWebrtc(): Promise<NativeLease> {
  const native = await load();
  leases += 1;
  let leased = true;
  const release = (): void => {
    if (!leased) return;
    leased = false;
    leases -= 1;
    if (leases === 0) native.cleanup();
  };
  return { native, release };
}

async function load(): Promise<NativeWebrtc> {
  try {
    return (await import("node-datachannel")).default;
  } catch (error) {
    const machine = `${process.platform} on ${process.arch}`;
    const reason = String((error as Error).message).split("\n")[0];
    const message = `WebRTC needs node-datachannel, which cannot be loaded here (${machine}): ${reason}`;
    throw new StreamError("unsupported", message, { cause: error });
  }
}
