import type { Receiver } from "../../lib/receiver.js";
import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";
import type { HubClient } from "../hub.js";
import { relayStream } from "../relay-stream.js";
import { StreamStatus } from "../stream-status.js";
import { WebCamera } from "./web-camera.js";

/** How a receiver is shown. */
export interface ShownReceiverOptions {
  /** Of letters, digits, `_`, `.` and `-`; at most 64. */
  id: string;
  /** How far the sender's clock is from this machine's; undefined: not known. */
  senderClock(): ClockEstimate | undefined;
  /** Told about a viewer, or another client of the camera's hub, that threw, once it is removed. */
  onClientFailure(client: HubClient, error: unknown): void;
}

/** What a receiver receives, as a camera of a web server. */
export interface ShownReceiver {
  camera: WebCamera;
  /** Settles as `relayStream` does; when it does, the camera still tells how it ended. */
  ended: Promise<void>;
}

/** Makes a camera of a receiver, for as long as that receives; both stay their owner's. */
export function showReceiver(
  receiver: Receiver,
  { id, senderClock, onClientFailure }: ShownReceiverOptions,
): ShownReceiver {
  const status = new StreamStatus(() => receiver.url);
  const camera = new WebCamera({ id, status, senderClock, onViewerFailure: onClientFailure });
  const ended = relayStream(receiver, { status, unit: (unit) => camera.unit(unit) });
  return { camera, ended };
}
