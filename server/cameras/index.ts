import type { Camera } from "./camera.js";
import type { CameraContext } from "./camera-context.js";
import { FileCamera } from "./file.js";
import { type CameraOptions, resolveCameraOptions } from "./options.js";
import { PatternCamera } from "./pattern.js";
import { RpicamCamera } from "./rpicam.js";
import { WebcamCamera } from "./webcam.js";

/**
 * The camera that the options describe; nothing runs before its `run`.
 * @throws StreamError `invalid-option`, `unsupported`
 */
export function openCamera(options: CameraOptions, context: CameraContext): Camera {
  const resolved = resolveCameraOptions(options);
  switch (resolved.kind) {
    case "pattern":
      return new PatternCamera(resolved, context);
    case "rpicam":
      return new RpicamCamera(resolved, context);
    case "v4l2":
    case "webcam":
      return new WebcamCamera(resolved, context);
    case "file":
      return new FileCamera(resolved, context);
  }
}
