import type { Transport } from "../../lib/rtsp/transport-header.js";
import type { FlowStart } from "./rtp-flow.js";

/** What one session plays: a flow of its own, or a share in one to a multicast group. */
export interface Playback {
  /** As the client is told. */
  readonly transport: Transport;
  /** Resolves when it is known which packet comes first; rejects with a `statusError` when it is closed before. */
  play(): Promise<FlowStart>;
  pause(): void;
  /** Closes it, and tells who is listening by a BYE. */
  end(): void;
  /** Idempotent. */
  close(): void;
}
