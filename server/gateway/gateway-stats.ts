import type { StreamError } from "../../lib/errors.js";
import type { Receiver } from "../../lib/receiver.js";
import type { ReceiverStats } from "../../lib/receiver-stats.js";
import type { OutputStats } from "../outputs/output.js";
import type { Restarts } from "../sender-state.js";

/** What a `Gateway` tells. */
export interface GatewayEvents {
  /** A camera is there from now on, and with it its receiver, which stays the gateway's to close. */
  camera: (camera: { id: string; receiver: Receiver }) => void;
  /** It is not there any more; its receiver is closed. */
  gone: (camera: { id: string }) => void;
  /** Something failed and the rest goes on: an output out of reach, a camera that cannot be received. */
  warning: (warning: StreamError) => void;
  /** The gateway could not begin. */
  error: (error: StreamError) => void;
}

/** Figures of one camera; counts run from its coming. */
export interface GatewayCameraStats {
  /** Adds to the ports of outputs with `+n`. */
  number: number;
  /** Whether the camera pushes. */
  pushes: boolean;
  /** Of what came; codec and size also where nothing is decoded, and the rate is that of the pictures that came. */
  receiver: ReceiverStats;
  /** Who sees it on the page, or by what the page speaks. */
  viewers: number;
  /** RTSP first, then in the order of the options. */
  outputs: (OutputStats & { restarts: Restarts })[];
}

/** Figures of a `Gateway`. */
export interface GatewayStats {
  /** By id. */
  cameras: Record<string, GatewayCameraStats>;
}
