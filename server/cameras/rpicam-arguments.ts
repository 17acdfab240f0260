import { StreamError } from "../../lib/errors.js";
import type { ResolvedCameraOptions } from "./options.js";
import type { RpicamCamera, RpicamCapabilities } from "./rpicam-capabilities.js";

/** Before version 1.6 rpicam-vid asks for a B-frame and for threads by picture, of which each holds one back. */
const X264_OPTIONS = "preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1";

/** How one camera is to be run. */
export interface RpicamPlan {
  camera: RpicamCamera;
  /**
   * `hardware`: the H.264 encoder of a Pi 4 and older; `software`: libx264 through libav, as a Pi 5 needs; `jpeg`: libjpeg,
   * on all of them.
   */
  encoder: "hardware" | "software" | "jpeg";
  /** Whether it tells each picture's time at the sensor. */
  sensorTimes: boolean;
}

/** What decides whether a camera can be run at all. */
export type RpicamWish = Pick<ResolvedCameraOptions<"rpicam">, "camera" | "codec" | "sync">;

/**
 * Which encoder the chosen camera's Pi has.
 * A Pi 4 and older hang their cameras directly on the SoC; a Pi 5 hangs them on its RP1, and has no H.264 encoder.
 * @throws StreamError `camera-missing`, `unsupported`
 */
export function planRpicam(wanted: RpicamWish, capabilities: RpicamCapabilities): RpicamPlan {
  const { cameras, options } = capabilities;
  const { camera: index, codec, sync } = wanted;
  if (cameras.length === 0) throw new StreamError("camera-missing", `${capabilities.command} finds no camera`);
  const camera = cameras.find((candidate) => candidate.index === index);
  if (camera === undefined) {
    const found = cameras.map(({ index, sensor }) => `${index} (${sensor})`).join(", ");
    throw new StreamError("camera-missing", `camera.camera: ${index} does not exist; found: ${found}`);
  }
  if (sync !== undefined && !options.has("sync")) {
    const advice = "needs a newer one: sudo apt install rpicam-apps";
    throw new StreamError("unsupported", `camera.sync: ${capabilities.command} knows no --sync; ${sync} ${advice}`);
  }
  const encoder = codec === "mjpeg" ? "jpeg" : camera.path.startsWith("/base/soc") ? "hardware" : "software";
  if (encoder === "software" && !options.has("libav-format")) {
    throw new StreamError(
      "unsupported",
      `${capabilities.command} has no libav, and this Pi has no H.264 encoder of its own: sudo apt install rpicam-apps`,
    );
  }
  // Through libav to a pipe rpicam-vid writes no metadata, and keeps what it does not write for ever. A JPEG is whole with
  // its last byte, behind which its metadata comes: it would have to wait.
  return { camera, encoder, sensorTimes: encoder === "hardware" && options.has("metadata") };
}

/**
 * The arguments of rpicam-vid that put H.264 or JPEGs with no picture held back on its standard output.
 * @param metadataPath Where the sensor's times go, if `plan.sensorTimes`.
 */
export function rpicamArguments(
  options: ResolvedCameraOptions<"rpicam">,
  capabilities: RpicamCapabilities,
  run: { plan: RpicamPlan; metadataPath?: string | undefined },
): string[] {
  const value = (name: string, setting: string | number | undefined): string[] =>
    setting === undefined ? [] : [`--${name}`, `${setting}`];
  const flag = (name: string, on: boolean): string[] => (on ? [`--${name}`] : []);
  const isJpeg = run.plan.encoder === "jpeg";
  const coding = isJpeg
    ? value("quality", options.jpegQuality)
    : [
        ...[...value("bitrate", options.bitrate), ...value("intra", options.gop)],
        ...[...value("profile", options.profile), ...value("level", options.level)],
      ];
  return [
    ...["--nopreview", "--timeout", "0", "--output", "-", "--flush", ...flag("inline", !isJpeg)],
    ...value("camera", options.camera),
    ...[...value("width", options.width), ...value("height", options.height), ...value("framerate", options.fps)],
    ...coding,
    ...[...flag("hflip", options.hflip), ...flag("vflip", options.vflip)],
    ...value("rotation", options.rotation === 0 ? undefined : options.rotation),
    ...value("tuning-file", options.tuningFile),
    ...value("sync", options.sync),
    // Colour denoising costs a Pi 4 up to half of its frame rate.
    ...(capabilities.options.has("denoise") ? ["--denoise", "cdn_off"] : []),
    ...encoderArguments(run.plan.encoder, capabilities),
    ...(run.metadataPath === undefined ? [] : ["--metadata", run.metadataPath, "--metadata-format", "json"]),
  ];
}

function encoderArguments(encoder: RpicamPlan["encoder"], { options }: RpicamCapabilities): string[] {
  if (encoder !== "software") return ["--codec", encoder === "jpeg" ? "mjpeg" : "h264"];
  const libav = ["--codec", "libav", "--libav-video-codec", "libx264", "--libav-format", "h264"];
  if (options.has("low-latency")) return [...libav, "--low-latency"];
  return options.has("libav-video-codec-opts") ? [...libav, "--libav-video-codec-opts", X264_OPTIONS] : libav;
}
