import type { MavlinkMessage } from "./mavlink-message.js";
import type { TelemetrySnapshot } from "./telemetry-snapshot.js";

/** The port of a sender's telemetry. */
export const TELEMETRY_PORT = 8001;

/** The first event on a connection. */
export interface TelemetryHello {
  /** Of this protocol. */
  version: 1;
  /** Snapshots a second. */
  rateHz: number;
  /** Where the vehicle is listened for, without passwords; null: nowhere, there is health only. */
  link: string | null;
}

/** Events from the sender, over socket.io 4. */
export interface TelemetryServerEvents {
  hello: (hello: TelemetryHello) => void;
  telemetry: (snapshot: TelemetrySnapshot) => void;
  /** Only for who subscribed. */
  message: (message: MavlinkMessage) => void;
}

/** Events from the viewer. */
export interface TelemetryClientEvents {
  /**
   * The sender's clock when this came, and when the answer left, milliseconds since the epoch: with the viewer's own
   * two times they give the difference of the clocks, as NTP does.
   * @see RFC 5905 section 8
   */
  clock: (answer: (times: { receivedAtMs: number; sentAtMs: number }) => void) => void;
  /** Asks for `message` events: all, those with these names or ids, or with an empty list none. */
  subscribe: (which: "all" | readonly (string | number)[]) => void;
}
