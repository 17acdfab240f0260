import type { Clock } from "../../lib/clock.js";
import type { StreamError } from "../../lib/errors.js";
import type { GopCache } from "../../lib/gop-cache.js";
import type { Logger } from "../../lib/logger.js";
import type { HubClient } from "../hub.js";
import type { StreamStatus } from "../stream-status.js";

/** Figures of one output, for `Sender.stats()`. Counts run from the sender's start. */
export interface OutputStats {
  url: string;
  /** Connections now; 1 for one that sends without being asked, such as UDP. */
  clients: number;
  sentBytes: number;
  /** Access units that a client missed because it was slow, all clients together; over UDP also damaged pictures. */
  droppedUnits: number;
  /** Datagrams that the system refused to send; only for UDP. */
  sendErrors?: number;
  /** Where the description of an RTP stream was written. */
  sdpPath?: string;
}

/** What an output is given by its owner. */
export interface OutputContext {
  clock: Clock;
  logger: Logger;
  /** The current group of pictures, for clients that join. */
  gop: GopCache;
  /** Whether the camera's pictures come, for outputs that tell people. */
  status: StreamStatus;
  /** Called once a run is under way: clients can connect, or sending has begun. `url` then names the real port. */
  ready(): void;
  /** Something worth knowing happened which ends nothing. */
  warning(warning: StreamError): void;
}

/**
 * One way of sending, a client of the hub. It never retries: `run` opens it once and stays until it ends; only the
 * Sender starts it again. A fault of one of its own clients stays its own.
 */
export interface Output extends HubClient {
  /** Scheme, host and port, without parameters. */
  readonly url: string;
  /** The longest pause between two tries that suits it, in milliseconds. */
  readonly retryCeilingMs: number;
  /**
   * Runs until `signal` aborts (then it resolves) or it fails (then it rejects).
   * When the promise settles, every socket of this run is gone.
   * @throws StreamError `bind-failed`, `connect-failed`, `connection-lost`, `invalid-option`, `unsupported`
   */
  run(context: OutputContext, signal: AbortSignal): Promise<void>;
  stats(): OutputStats;
}
