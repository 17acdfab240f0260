import { StreamError } from "../../lib/errors.js";
import {
  CAMERA_KINDS,
  type CameraKind,
  type CameraOptions,
  type ResolvedCameraOptions,
  resolveCameraOptions,
} from "./options.js";

/** The option that the text behind `kind:` sets. */
const TARGETS: Partial<Record<string, string>> = {
  rpicam: "camera",
  v4l2: "device",
  webcam: "device",
  file: "path",
};
const NUMBERS = new Set(["width", "height", "fps", "bitrate", "gop", "camera", "rotation"]);
const FLAGS = new Set(["hflip", "vflip"]);

/**
 * A camera as the command line writes it: `kind[:target][?option=value&...]`, for example `rpicam:1?hflip`,
 * `v4l2:/dev/video2`, `webcam:FaceTime`, `file:clip.mp4`, `pattern?width=1280&height=720`.
 * A target may hold `:` and `?`; the options begin behind its last `?`.
 * @throws StreamError `invalid-option`: names what is unknown or not allowed, and what is allowed
 */
export function parseCamera(specification: string): ResolvedCameraOptions {
  return resolveCameraOptions(readCameraSpecification(specification));
}

/**
 * What such a text says and no more: nothing is filled in, and values are not checked.
 * @throws StreamError `invalid-option` for a kind that is unknown, a target that it does not take, an option given twice
 */
export function readCameraSpecification(specification: string): CameraOptions {
  const question = specification.lastIndexOf("?");
  const head = question < 0 ? specification : specification.slice(0, question);
  const colon = head.indexOf(":");
  const kind = colon < 0 ? head : head.slice(0, colon);
  if (!CAMERA_KINDS.includes(kind as CameraKind)) {
    throw new StreamError("invalid-option", `camera "${kind}" is unknown; allowed: ${CAMERA_KINDS.join(", ")}`);
  }
  const options: Record<string, unknown> = { kind };
  if (colon >= 0) {
    const target = TARGETS[kind];
    if (target === undefined)
      throw new StreamError("invalid-option", `camera "${head}": ${kind} takes nothing after ":"`);
    options[target] = toValue(target, head.slice(colon + 1));
  }
  const query = new URLSearchParams(question < 0 ? "" : specification.slice(question + 1));
  for (const [name, value] of query) {
    if (name in options) throw new StreamError("invalid-option", `camera.${name}: given twice in "${specification}"`);
    options[name] = toValue(name, value);
  }
  return options as CameraOptions;
}

// What does not look like a number or a flag stays text, so that the message shows it as it was written.
function toValue(name: string, value: string): unknown {
  if (NUMBERS.has(name)) return /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (FLAGS.has(name)) return value === "" || value === "true" ? true : value === "false" ? false : value;
  return value;
}
