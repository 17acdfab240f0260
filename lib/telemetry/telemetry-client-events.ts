import type { ClockEstimate } from "./clock-offset.js";
import type { MavlinkMessage } from "./mavlink-message.js";
import type { TelemetryHello } from "./telemetry-protocol.js";
import type { TelemetrySnapshot } from "./telemetry-snapshot.js";
import type { TelemetryState } from "./telemetry-state.js";

/** What a {@link TelemetryClient} tells. */
export interface TelemetryClientEvents {
  /** The sender's first words on each connection. */
  hello: (hello: TelemetryHello) => void;
  telemetry: (snapshot: TelemetrySnapshot) => void;
  /** Only with the option `messages`. */
  message: (message: MavlinkMessage) => void;
  state: (state: TelemetryState) => void;
  /** The clocks were compared: several times at the beginning of a connection, then once a second. */
  clock: (estimate: ClockEstimate) => void;
}
