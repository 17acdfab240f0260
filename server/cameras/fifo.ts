import { constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.js";
import { captureOutput } from "./capture-output.js";

/** A named pipe, for programs that write to a file's name only: Node's own pipes cannot be opened by name. */
export interface Fifo {
  readonly path: string;
  /** Removes it; idempotent. */
  close(): Promise<void>;
}

/** How a {@link Fifo} is made. */
export interface FifoOptions {
  clock: Clock;
  signal: AbortSignal;
  onText: (text: string) => void;
}

/** A new named pipe, read by us. Undefined where this machine cannot make one. */
export async function openFifo(options: FifoOptions): Promise<Fifo | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "glasslink-"));
  const path = join(folder, "metadata");
  const made = await captureOutput({ command: "mkfifo", args: ["-m", "600", path], ...options });
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  if (made.exit.code !== 0) {
    await remove();
    return undefined;
  }
  // Open for both ways, so that there is neither waiting for a writer nor an end when it goes.
  const socket = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), readable: true });
  socket.setEncoding("utf8").on("data", options.onText);
  socket.on("error", () => {});
  return {
    path,
    async close() {
      socket.destroy();
      await remove();
    },
  };
}
