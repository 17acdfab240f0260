import type { Clock } from "../clock.js";
import type { AccessUnit } from "../codecs/access-unit.js";
import type { Logger } from "../logger.js";

/** Where a source puts what it receives. All calls are synchronous; none throws. */
export interface SourceSink {
  /** The transport is up. `sameClock` tells that the sender runs on this machine, so that its clock is ours. */
  connected(details: { sameClock: boolean; description: string }): void;
  /** Bytes came in, usable or not. */
  bytes(count: number): void;
  /** The link paused right after a whole picture: the sender holds nothing back. Only where nothing tells it better. */
  live(): void;
  /** Another sender took over: what comes now has nothing to do with what came before. */
  restarted(): void;
  /** One whole access unit. */
  unit(unit: AccessUnit): void;
  /** Pictures (or packets, where no more is known) that did not arrive whole. */
  lost(count: number): void;
  /** Bytes that were skipped because they are no part of a stream. */
  discarded(bytes: number): void;
}

/**
 * One way of receiving. It never retries: `run` tries once and stays until the stream ends.
 * Only the Receiver starts it again.
 */
export interface Source {
  /** The longest pause between two tries that suits it: a refused connection costs little, a process much. */
  readonly retryCeilingMs: number;
  /**
   * Receives until `signal` aborts (then it resolves) or the stream fails or ends (then it rejects).
   * When the promise settles, every socket and child of this run is gone.
   * @throws StreamError `connect-failed`, `connection-lost`, `stream-ended`, `invalid-data`, `process-failed`, ...
   */
  run(sink: SourceSink, signal: AbortSignal): Promise<void>;
}

/** A source that was made elsewhere, as a Receiver takes it in place of a URL. */
export interface NamedSource extends Source {
  /** Names it to people, without passwords, such as `webrtc:left`. */
  readonly url: string;
}

/** What every source is given besides its URL. */
export interface SourceContext {
  clock: Clock;
  logger: Logger;
  /** How long opening may take. */
  connectTimeoutMs: number;
  /** Path of a proven ffmpeg, found when first asked for. */
  ffmpeg(): Promise<string>;
}
