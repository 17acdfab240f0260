import type { Socket } from "node:dgram";
import type { Logger } from "./logger.js";

/** A keyframe arrives as one burst; the system's default of about 200 KiB loses its end. */
export const RECEIVE_BUFFER_BYTES: number = 4 * 1024 * 1024;

/** Tells where the system granted a bound socket less than {@link RECEIVE_BUFFER_BYTES}: for those who look, or to all. */
export function noteReceiveBuffer(socket: Socket, logger: Logger, level: "debug" | "warn" = "debug"): void {
  // Linux reports twice what it grants.
  const granted = socket.getRecvBufferSize() / (process.platform === "linux" ? 2 : 1);
  if (granted >= RECEIVE_BUFFER_BYTES) return;
  const advice = "large pictures may lose datagrams; on Linux raise net.core.rmem_max";
  logger[level]({ granted, wanted: RECEIVE_BUFFER_BYTES }, `the system grants a small receive buffer: ${advice}`);
}
