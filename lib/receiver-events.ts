import type { StreamError } from "./errors.js";
import type { Frame } from "./frame.js";
import type { ReceiverState } from "./receiver-state.js";
import type { ReceiverStats } from "./receiver-stats.js";

/** What a {@link Receiver} tells. */
export interface ReceiverEvents {
  /** A frame; with a listener that keeps up, every one of them. */
  frame: (frame: Frame) => void;
  state: (state: ReceiverState) => void;
  /** Once a second. */
  stats: (stats: ReceiverStats) => void;
  /** Something went wrong and is being dealt with. */
  warning: (error: StreamError) => void;
  /** It is over, and no retry can mend it. */
  error: (error: StreamError) => void;
}
