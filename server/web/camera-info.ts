import type { Codec } from "../../lib/codecs/access-unit.js";
import { redact } from "../../lib/redact.js";
import type { CameraInfo, LiveTransport } from "./live-protocol.js";
import type { WebCamera } from "./web-camera.js";

/** ffmpeg turns anything into JPEG; the others take what the camera gives. */
const TRANSPORTS: Partial<Record<Codec, LiveTransport[]>> = {
  h264: ["websocket", "whep", "mjpeg"],
  h265: ["websocket", "mjpeg"],
  vp8: ["websocket", "whep", "mjpeg"],
};
const ANYTHING: LiveTransport[] = ["mjpeg"];

/** The ways of showing this codec, the best first. */
export function transportsOf(codec: Codec): LiveTransport[] {
  return TRANSPORTS[codec] ?? ANYTHING;
}

/** What the page is told of a camera. */
export function cameraInfo(camera: WebCamera): CameraInfo {
  const { state, description } = camera.status;
  const { parameters, fps } = camera.meter;
  return {
    id: camera.id,
    description: redact(description),
    state: state.name,
    reason: state.name === "lost" ? redact(state.reason) : null,
    retries: state.name === "lost" ? state.retries : 0,
    codec: parameters?.codec ?? null,
    codecString: parameters?.codecString ?? null,
    width: parameters?.width ?? null,
    height: parameters?.height ?? null,
    fps: Math.round(fps * 10) / 10,
    viewers: camera.viewers,
    transports: parameters ? transportsOf(parameters.codec) : [],
  };
}
