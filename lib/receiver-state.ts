import type { StreamError } from "./errors.js";
import type { Trouble } from "./watchdog.js";

/** Why something was started again. */
export type RestartReason = Trouble | "connection" | "decoder-exit";

/** What a Receiver is doing. */
export type ReceiverState =
  /** Opening the stream for the first time, or waiting for its first picture. */
  | { name: "connecting"; attempt: number }
  /** Frames come. */
  | { name: "streaming" }
  /** Frames stopped coming; a restart is under way. */
  | { name: "stalled"; reason: RestartReason }
  /** The connection is gone; it is tried again and again. */
  | { name: "reconnecting"; attempt: number; reason: StreamError }
  /** Over: by `close()`, or by an error that no retry can mend. */
  | { name: "closed"; error?: StreamError };
