import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { TelemetryHello } from "../../lib/telemetry/telemetry-protocol.js";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";

/** What a {@link TelemetrySource} tells as it happens. */
export interface TelemetrySourceEvents {
  /** As often as its `hello` says. */
  snapshot: (snapshot: TelemetrySnapshot) => void;
  /** Every MAVLink message, at once. */
  message: (message: MavlinkMessage) => void;
}

/** Where telemetry comes from: this machine's own, or another machine's. All its times are by this machine's clock. */
export interface TelemetrySource {
  /** What viewers are told first. */
  readonly hello: TelemetryHello;
  /** The newest snapshot; undefined before the first. */
  readonly latest: TelemetrySnapshot | undefined;
  on(name: "snapshot", listener: TelemetrySourceEvents["snapshot"]): unknown;
  on(name: "message", listener: TelemetrySourceEvents["message"]): unknown;
  off(name: "snapshot", listener: TelemetrySourceEvents["snapshot"]): unknown;
  off(name: "message", listener: TelemetrySourceEvents["message"]): unknown;
}
