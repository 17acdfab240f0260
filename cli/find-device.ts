import { StreamError } from "../lib/errors.js";
import { type CameraOptions, type ResolvedCameraOptions, resolveCameraOptions } from "../server/cameras/options.js";
import type { RpicamCamera } from "../server/cameras/rpicam-capabilities.js";
import type { CameraFields } from "./send-config.js";

/** What is asked of the machine. */
export interface DeviceMachine {
  /** The cameras that rpicam-vid lists, none where it is not installed; undefined where it gives no answer. */
  rpicamCameras(): Promise<readonly RpicamCamera[] | undefined>;
  isThere(path: string): Promise<boolean>;
}

/** A camera by its number. */
export interface Device {
  id: string;
  deviceId: number;
  fields: CameraFields;
}

/** What stays of a camera's options where a pattern takes its place. */
const PATTERN_FIELDS = ["width", "height", "fps", "bitrate", "gop"] as const;

/**
 * The camera of that number: the one that rpicam-vid lists, else `/dev/videoN`.
 * @throws StreamError `camera-missing` where there is none, `invalid-option` for options that its kind does not take
 */
export async function findDevice(device: Device, machine: DeviceMachine): Promise<ResolvedCameraOptions> {
  const { deviceId, fields, id } = device;
  const place = `cameras.${id}`;
  const listed = await machine.rpicamCameras();
  // A program that is broken now may answer when it is asked again, which the sender does.
  if (listed === undefined || listed.some(({ index }) => index === deviceId)) {
    return resolveCameraOptions({ ...fields, kind: "rpicam", camera: deviceId } as CameraOptions, place);
  }
  const path = `/dev/video${deviceId}`;
  if (await machine.isThere(path)) {
    return resolveCameraOptions({ ...fields, kind: "v4l2", device: path } as CameraOptions, place);
  }
  const names = listed.map(({ index, sensor }) => `${index} (${sensor})`).join(", ") || "none";
  const found = `rpicam-vid finds ${names}, and there is no ${path}`;
  throw new StreamError("camera-missing", `no camera with device_id ${deviceId}: ${found}`);
}

/** The moving test picture in such a camera's place, which shows the camera's id. */
export function patternInPlaceOf({ fields, id }: Device): ResolvedCameraOptions {
  const kept = PATTERN_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]));
  const options = { ...Object.fromEntries(kept), kind: "pattern", label: id };
  return resolveCameraOptions(options as CameraOptions, `cameras.${id}`);
}
