import type { Codec } from "../lib/codecs/access-unit.js";
import type { StreamError, StreamErrorCode } from "../lib/errors.js";
import type { OutputStats } from "./outputs/output.js";

/** What a sender is doing. */
export type SenderState =
  /** No picture has come from the camera yet. */
  | { name: "starting" }
  | { name: "streaming" }
  /** The camera failed or went silent and is started again. */
  | { name: "restarting"; error: StreamError }
  /** For good: by `close()`, or by the error that no further try can mend. */
  | { name: "closed"; error?: StreamError };

/** What a sender tells. */
export interface SenderEvents {
  state: (state: SenderState) => void;
  /** Something failed and goes on: a camera that is started again, a receiver that is out of reach. */
  warning: (warning: StreamError) => void;
  /** It ended for good, and not by `close()`. */
  error: (error: StreamError) => void;
}

/** How often something was started again, by reason. */
export type Restarts = Partial<Record<StreamErrorCode, number>>;

/** Figures of a sender; counts run from its start. */
export interface SenderStats {
  state: SenderState;
  /** What the camera is and how it runs, in words. */
  camera: string;
  /** Null before the first keyframe, as are width and height (pixels). */
  codec: Codec | null;
  width: number | null;
  height: number | null;
  /** Pictures a second over the last 64 pictures; 0 while not streaming. */
  fps: number;
  units: number;
  keyframes: number;
  /** Bytes of all units, stamps included. */
  bytes: number;
  /** Restarts of the camera. */
  restarts: Restarts;
  /** In the order of the options. */
  outputs: (OutputStats & { restarts: Restarts })[];
}
