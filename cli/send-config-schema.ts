import { z } from "zod";
import { CAMERA_ID_RULE, isCameraId } from "../server/gateway/camera-id.js";
import { configObject } from "./check-config.js";

/** The options of a camera that a configuration may set; which values they take depends on the camera. */
export const CAMERA_FIELDS = [
  "width",
  "height",
  "fps",
  "bitrate",
  "gop",
  "hflip",
  "vflip",
  "rotation",
  "sync",
] as const;

/** Which `device_id` there may be. */
export const DEVICE_RULE = "must be a whole number from 0 to 15";
/** What `server.url` must be. */
export const SERVER_RULE = "must be a URL such as http://192.168.1.100:8080, without a path";
const NAMESPACE_RULE = "must be a path such as /stream";
const TOKEN_RULE = "must be text; put it between quotes";
const CAMERA_RULE = "must be a camera as --camera takes it, such as v4l2:/dev/video0";
const CAMERAS_RULE = "must be a mapping of at least one camera by its id";
const OUTPUT_RULE = "must be a URL such as tcp://:8000";
const OUTPUTS_RULE = "must be a list of URLs such as tcp://:8000";

const text = (rule: string) => z.string(rule).min(1, rule);
const outputs = z.array(text(OUTPUT_RULE), OUTPUTS_RULE).optional();
const fields = Object.fromEntries(CAMERA_FIELDS.map((name) => [name, z.unknown().optional()]));

/** What the configuration of `glasslink send` must be. The cameras' own options are checked with the camera. */
export const SEND_CONFIG = configObject({
  server: configObject({
    url: z.string(SERVER_RULE).refine(isServerUrl, SERVER_RULE).optional(),
    namespace: z
      .string(NAMESPACE_RULE)
      .regex(/^\/[\w.~-][\w.~/-]*$/, NAMESPACE_RULE)
      .default("/stream"),
    token: text(TOKEN_RULE).optional(),
  }).optional(),
  cameras: z
    .record(
      z.string().refine(isCameraId),
      configObject({
        device_id: z.int(DEVICE_RULE).min(0, DEVICE_RULE).max(15, DEVICE_RULE).optional(),
        camera: text(CAMERA_RULE).optional(),
        outputs,
        ...(fields as Record<(typeof CAMERA_FIELDS)[number], z.ZodOptional<z.ZodUnknown>>),
      }),
      { error: ({ code }) => (code === "invalid_key" ? `is no id; it must be ${CAMERA_ID_RULE}` : CAMERAS_RULE) },
    )
    .refine((cameras) => Object.keys(cameras).length > 0, CAMERAS_RULE),
  outputs,
});

/** A configuration as its file has it. */
export type SendConfigFile = z.output<typeof SEND_CONFIG>;

/** Whether text is the URL of a gateway. */
export function isServerUrl(url: string): boolean {
  return /^https?:\/\/[^/?#@\s]+\/?$/i.test(url) && URL.canParse(url);
}
