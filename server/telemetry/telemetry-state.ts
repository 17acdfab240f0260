import type { StreamError } from "../../lib/errors.js";
import type { Restarts } from "../sender-state.js";
import type { MavlinkCounters } from "./mavlink/mavlink-parser.js";
import type { TelemetrySourceEvents } from "./telemetry-source.js";

/** What a `Telemetry` tells. */
export interface TelemetryEvents extends TelemetrySourceEvents {
  /** The link failed. It is opened again, unless `retryable` says that this is in vain. */
  warning: (warning: StreamError) => void;
}

/** What the link to the vehicle is doing. */
export type TelemetryLinkState = "none" | "opening" | "open" | "failed" | "closed";

/** Figures of a `Telemetry`; counts run from its start. */
export interface TelemetryStats {
  /** Where the vehicle is heard; null: nowhere. */
  link: string | null;
  linkState: TelemetryLinkState;
  /** How often the link was opened again, by reason. */
  restarts: Restarts;
  /** What came over it. */
  mavlink: Readonly<MavlinkCounters>;
}
