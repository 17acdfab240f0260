import type { StreamError } from "../errors.js";

/** What a TelemetryClient is doing. */
export type TelemetryState =
  /** Opening the connection for the first time. */
  | { name: "connecting"; attempt: number }
  /** The sender has said hello. */
  | { name: "connected" }
  /** The connection is gone, or never was; it is tried again and again. */
  | { name: "reconnecting"; attempt: number; reason: StreamError }
  /** Over, by `close()`. */
  | { name: "closed" };
