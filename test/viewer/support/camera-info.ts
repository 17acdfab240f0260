import type { CameraInfo } from "../../../server/web/live-protocol.js";

/** A camera that is live, but for what a test says. */
export function cameraInfo(changes: Partial<CameraInfo> = {}): CameraInfo {
  return {
    ...{ id: "front", description: "test pattern", state: "live", reason: null, retries: 0 },
    ...{ codec: "h264", codecString: "avc1.42c01e", width: 640, height: 480, fps: 30, viewers: 1 },
    transports: ["websocket", "whep", "mjpeg"],
    ...changes,
  };
}
