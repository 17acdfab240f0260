import type { StreamError } from "../../lib/errors.js";
import type { SourceSink } from "../../lib/sources/source.js";

/** A camera's connection, as the slot that it feeds knows it. */
export interface PublisherSession {
  /** Asks the camera for a keyframe; it may have none to give. */
  requestKeyframe(): void;
  /** Ends it: another took its place, or the camera is taken away. Idempotent. */
  close(reason: string): void;
}

/** Where a session puts what it receives. It may do so at any time; what nobody wants now is thrown away. */
export interface SessionSink extends SourceSink {
  /** It gives nothing more. */
  ended(error: StreamError): void;
}

/** The place of one camera that pushes: who uses its pictures does not notice that its sessions change. */
export interface CameraSlot {
  /** A session begins. The one before it goes on until the first keyframe of this one, and is closed then. */
  begin(session: PublisherSession): SessionSink;
}

/** The places of all cameras that push. */
export interface CameraSlots {
  /**
   * The place of a camera, made where it is new.
   * @throws HttpError 400 for an id that is none, 409 where another kind of camera has it, 503 where there are too many
   */
  slot(cameraId: string): CameraSlot;
}
