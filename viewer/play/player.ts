import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";

/** A picture that can be drawn now. */
export interface Picture {
  image: VideoFrame | ImageBitmap | HTMLVideoElement;
  width: number;
  height: number;
  /** When it was taken, milliseconds since the epoch by the server's clock; null: not known. */
  capturedAtMs: number | null;
}

/** What a {@link Player} is given. */
export interface PlayerOptions {
  camera: CameraInfo;
  /** The picture is the player's, and goes back to it when this returns. */
  onPicture(picture: Picture): void;
  /** Called once, unless it was closed before: it has failed and does nothing more. */
  onEnd(reason: string): void;
  /** When the picture with this RTP timestamp was taken, by the server's clock; null: not known. */
  capturedAtMs(rtpTimestamp: number): number | null;
  /** Whether the server knows when the camera's pictures are taken. */
  isCaptureTimeKnown(): boolean;
}

/** Shows one camera by one transport, until it fails once. Nothing in it retries: its owner does. */
export interface Player {
  readonly transport: LiveTransport;
  /** Pictures that were lost, or left out to be live again. */
  readonly dropped: number;
  /** Idempotent; no picture comes any more. */
  close(): void;
}

/** Begins to show a camera. */
export type OpenPlayer = (options: PlayerOptions) => Player;
