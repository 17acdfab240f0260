import { rtpTimestamp } from "../rtsp/rtp-picture.js";
import type { CameraTime } from "./live-protocol.js";
import type { WebCamera } from "./web-camera.js";

/**
 * How a camera's media time lies on the wall clock, by one of the pictures since the last keyframe: that which came
 * soonest for its place in the stream's time, since where a camera only gives pictures but does not tell when it took
 * them, the others were held up on their way. Undefined where there is none.
 */
export function cameraTime(camera: WebCamera): CameraTime | undefined {
  let time: CameraTime | undefined;
  let leastMs = Number.POSITIVE_INFINITY;
  for (const unit of camera.hub.gop.units()) {
    const mediaTimeMs = unit.mediaTimeMs ?? unit.receivedAtMs;
    const capturedAtMs = camera.capturedAtMs(unit) ?? null;
    const offsetMs = capturedAtMs === null ? Number.POSITIVE_INFINITY : capturedAtMs - mediaTimeMs;
    if (time && offsetMs >= leastMs) continue;
    leastMs = offsetMs;
    const uncertaintyMs = camera.clockUncertaintyMs ?? null;
    time = { camera: camera.id, rtpTimestamp: rtpTimestamp(mediaTimeMs), capturedAtMs, uncertaintyMs };
  }
  return time;
}
