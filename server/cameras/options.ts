import { z } from "zod";
import { StreamError } from "../../lib/errors.js";

/** What holds where a camera's options say nothing else; the keyframe interval `gop` is one second of pictures. */
export const DEFAULTS = {
  width: 640,
  height: 480,
  fps: 30,
  bitrate: 2_000_000,
  codec: "h264",
  camera: 0,
  rotation: 0,
  v4l2Device: "/dev/video0",
} as const;

const side = (from: number, to: number) => {
  const rule = `an even whole number of pixels from ${from} to ${to}`;
  return z.number(rule).multipleOf(2, rule).min(from, rule).max(to, rule);
};
const between = (from: number, to: number, unit: string) => {
  const rule = `a whole number${unit} from ${from} to ${to}`;
  return z.int(rule).min(from, rule).max(to, rule);
};
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `one of ${values.join(", ")}`);
const LABEL_RULE = '1 to 64 letters, digits, "_", "." or "-"';
const text = (what: string) => z.string(what).min(1, what);
const flag = z.boolean("true or false");

const FPS_RULE = "a number of pictures a second from 1 to 240";
const picture = {
  width: side(64, 7680).default(DEFAULTS.width),
  height: side(64, 4320).default(DEFAULTS.height),
  fps: z.number(FPS_RULE).min(1, FPS_RULE).max(240, FPS_RULE).default(DEFAULTS.fps),
};
const coding = {
  bitrate: between(50_000, 200_000_000, " of bits a second").default(DEFAULTS.bitrate),
  gop: between(1, 7200, " of pictures").optional(),
};

const SCHEMAS = {
  rpicam: z.strictObject({
    kind: z.literal("rpicam"),
    ...picture,
    ...coding,
    codec: oneOf(["h264", "mjpeg"]).default(DEFAULTS.codec),
    jpegQuality: between(1, 100, "").optional(),
    camera: between(0, 15, "").default(DEFAULTS.camera),
    profile: oneOf(["baseline", "main", "high"]).optional(),
    level: oneOf(["4", "4.1", "4.2"]).optional(),
    hflip: flag.default(false),
    vflip: flag.default(false),
    rotation: z.literal([0, 180], "0 or 180 degrees").default(DEFAULTS.rotation),
    tuningFile: text("the path of a tuning file").optional(),
    sync: oneOf(["server", "client"]).optional(),
  }),
  v4l2: z.strictObject({
    kind: z.literal("v4l2"),
    ...picture,
    ...coding,
    device: text("the path of a video device").default(DEFAULTS.v4l2Device),
    codec: oneOf(["h264", "mjpeg"]).default(DEFAULTS.codec),
  }),
  webcam: z.strictObject({
    kind: z.literal("webcam"),
    ...picture,
    ...coding,
    device: text("the name of a camera, or a part of it").optional(),
    codec: oneOf(["h264", "mjpeg"]).default(DEFAULTS.codec),
  }),
  pattern: z.strictObject({
    kind: z.literal("pattern"),
    ...picture,
    ...coding,
    codec: oneOf(["h264", "h265", "mjpeg"]).default(DEFAULTS.codec),
    label: z
      .string(LABEL_RULE)
      .regex(/^[\w.-]{1,64}$/, LABEL_RULE)
      .optional(),
  }),
  file: z.strictObject({
    kind: z.literal("file"),
    path: text("the path of a video file").regex(/^(?!\w[\w+.-]+:\/\/)/, "the path of a video file, not a URL"),
    ...coding,
  }),
};

/** The kinds of camera. */
export type CameraKind = keyof typeof SCHEMAS;
/** Every kind of camera, in the order in which messages list them. */
export const CAMERA_KINDS = Object.keys(SCHEMAS) as CameraKind[];

type Input = { [Kind in CameraKind]: z.input<(typeof SCHEMAS)[Kind]> };
type Output = { [Kind in CameraKind]: z.output<(typeof SCHEMAS)[Kind]> & { gop: number } };
/** What a user writes: a `kind`, and what differs from {@link DEFAULTS}. Sizes in pixels, rates a second, bits. */
export type CameraOptions = Input[CameraKind];
/** Options of one kind of camera after {@link resolveCameraOptions}: nothing is missing. */
export type ResolvedCameraOptions<Kind extends CameraKind = CameraKind> = Output[Kind];

/**
 * Options with every default filled in.
 * @param place What messages call the camera, such as the path to it in a file.
 * @throws StreamError `invalid-option`: names the option, its value and what is allowed
 */
export function resolveCameraOptions(options: CameraOptions, place = "camera"): ResolvedCameraOptions {
  const schema = schemaOf(options?.kind);
  const result = schema.safeParse(options, { reportInput: true });
  if (!result.success) throw describeIssue(options.kind, result.error.issues[0] as z.core.$ZodIssue, place);
  const { data } = result;
  return { ...data, gop: data.gop ?? Math.round("fps" in data ? data.fps : DEFAULTS.fps) } as ResolvedCameraOptions;
}

/** Names of the options that a kind of camera takes, without `kind`. */
export function cameraOptionNames(kind: CameraKind): string[] {
  return Object.keys(SCHEMAS[kind].shape).filter((name) => name !== "kind");
}

function schemaOf(kind: unknown) {
  if (typeof kind === "string" && Object.hasOwn(SCHEMAS, kind)) return SCHEMAS[kind as CameraKind];
  const shown = JSON.stringify(kind) ?? "undefined";
  throw new StreamError("invalid-option", `camera.kind: ${shown} is unknown; allowed: ${CAMERA_KINDS.join(", ")}`);
}

function describeIssue(kind: CameraKind, issue: z.core.$ZodIssue, place: string): StreamError {
  if (issue.code === "unrecognized_keys") {
    const allowed = cameraOptionNames(kind).join(", ");
    return new StreamError("invalid-option", `${place}.${issue.keys[0]}: unknown option; ${kind} takes: ${allowed}`);
  }
  const path = [place, ...issue.path].join(".");
  const value = JSON.stringify(issue.input) ?? "nothing";
  return new StreamError("invalid-option", `${path}: ${value} is not allowed; it must be ${issue.message}`);
}
