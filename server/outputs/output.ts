import type { HubClient } from "../hub.js";

/** Figures of one output, for `Sender.stats()`. */
export interface OutputStats {
  url: string;
  clients: number;
  sentBytes: number;
  /** Access units that a client missed because it was slow. */
  droppedUnits: number;
}

/** One way of sending. It is a client of the hub; a fault of one of its own clients stays its own. */
export interface Output extends HubClient {
  /**
   * Opens sockets; resolves once clients can connect. `url` then names the real port.
   * @throws StreamError `bind-failed`, `invalid-option`, `connect-failed`
   */
  start(): Promise<void>;
  readonly url: string;
  stats(): OutputStats;
  /** Idempotent; resolves when its sockets are gone. */
  close(): Promise<void>;
}
