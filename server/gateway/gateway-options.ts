import { z } from "zod";
import { type Clock, systemClock } from "../../lib/clock.js";
import { StreamError } from "../../lib/errors.js";
import { invalidOption } from "../../lib/invalid-option.js";
import { type Logger, silentLogger } from "../../lib/logger.js";
import { type ReceiverOptions, resolveOptions } from "../../lib/options.js";
import { telemetryAddress } from "../../lib/telemetry/telemetry-address.js";
import { TelemetryClient } from "../../lib/telemetry/telemetry-client.js";
import type { TlsFiles } from "../web/listening-socket.js";
import { CAMERA_ID_RULE, isCameraId } from "./camera-id.js";
import { checkSourceUrl } from "./check-source-url.js";
import { type OutputTemplate, parseOutputTemplate } from "./output-template.js";

/** A camera that the gateway goes and gets. */
export interface PulledCamera {
  /** 1 to 64 letters, digits, `_`, `.` and `-`. */
  id: string;
  /** Where it is: whatever a Receiver takes. */
  url: string;
}

/** How a {@link Gateway} is set up. Everything has a default. */
export interface GatewayOptions {
  /** Of the page, and of cameras that push; 0: any free one. Default 8080. */
  port?: number;
  /** Local address; empty: all of them, IPv4 and IPv6. Default: empty. */
  host?: string;
  /** Where cameras are served by RTSP, each at `/ID`; null: nowhere. Default 8554. */
  rtspPort?: number | null;
  /** Cameras to receive from, beside those that push. Default: none. */
  cameras?: readonly PulledCamera[];
  /**
   * Where every camera is sent, such as `udp://239.1.1.1:5000+n` or `rtsp-push://relay:8554/{id}`: `+n` adds the
   * camera's number, and `{id}` is its id. Default: nowhere.
   */
  outputs?: readonly string[];
  /** What cameras that push have to know. Default: nothing. */
  token?: string;
  /** A certificate and its key, PEM, for HTTPS. Default: plain HTTP. */
  tls?: TlsFiles;
  /** What the page is told of the vehicle: `http://pi:8001`, or a client that stays yours to close. Default: nothing. */
  telemetry?: string | TelemetryClient;
  /** Of each camera's Receiver: `{ size }`, or `{ decode: false }` where nobody wants frames. Default: RGB frames. */
  receiver?: Omit<ReceiverOptions, "logger" | "clock" | "signal">;
  /** After how long a camera that pushed is taken for gone for good, in milliseconds. Default 60000. */
  forgetAfterMs?: number;
  /** At a time; more are refused. Default 64. */
  maxCameras?: number;
  /** Default: silent. */
  logger?: Logger;
  /** For tests. Default: the machine's. */
  clock?: Clock;
}

type Defaulted = "port" | "host" | "rtspPort" | "cameras" | "outputs" | "receiver" | "forgetAfterMs" | "maxCameras";
type Complete = GatewayOptions & Required<Pick<GatewayOptions, Defaulted | "logger" | "clock">>;

/** What holds where {@link GatewayOptions} say nothing else. */
export const DEFAULTS = {
  ...({ port: 8080, host: "", rtspPort: 8554, cameras: [], outputs: [], receiver: {} } as const),
  ...{ forgetAfterMs: 60_000, maxCameras: 64, logger: silentLogger, clock: systemClock },
};

/** Options after {@link resolveGatewayOptions}: nothing with a default is missing, and templates are read. */
export type ResolvedGatewayOptions = Omit<Complete, "outputs"> & { outputs: readonly OutputTemplate[] };

const TOKEN = /^[\x21-\x7e]{1,256}$/;
const CAMERAS = 'must be a list, such as [{ id: "gate", url: "rtsp://192.168.1.30/stream" }]';
const TELEMETRY = "must be a URL, such as http://pi:8001, or a TelemetryClient";
const OUTPUTS = 'must be a list of URLs, such as "udp://239.1.1.1:5000+n"';
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const pem = z.union([z.string(), z.instanceof(Buffer)], "must be text or bytes of a PEM file");
const port = (least: number, allowed = `must be a port, ${least} to 65535`) =>
  z.int(allowed).min(least, allowed).max(65_535, allowed);
const count = (most: number) => {
  const allowed = `must be a whole number from 1 to ${most}`;
  return z.int(allowed).min(1, allowed).max(most, allowed);
};

const SHAPE = {
  port: port(0).optional(),
  host: z.string("must be an address, or empty").optional(),
  rtspPort: port(1, "must be a port, 1 to 65535, or null").nullable().optional(),
  cameras: z
    .array(
      z.strictObject({
        id: z.string(`must be ${CAMERA_ID_RULE}`).refine(isCameraId, `must be ${CAMERA_ID_RULE}`),
        url: z.string("must be a URL"),
      }),
      CAMERAS,
    )
    .optional(),
  outputs: z.array(z.string("must be a URL"), OUTPUTS).optional(),
  token: z.string().optional(),
  tls: z.strictObject({ cert: pem, key: pem }, "must be { cert, key }").optional(),
  telemetry: z.union([z.string(), z.instanceof(TelemetryClient)], TELEMETRY).optional(),
  receiver: z.custom<GatewayOptions["receiver"]>(isObject, "must be options of a Receiver").optional(),
  forgetAfterMs: count(86_400_000).optional(),
  maxCameras: count(1_000).optional(),
  logger: z.custom<Logger>(isObject, "must be a Logger").optional(),
  clock: z.custom<Clock>(isObject, "must be a Clock").optional(),
};
const SCHEMA = z.strictObject(SHAPE, {
  error: ({ code, keys }) =>
    code === "unrecognized_keys"
      ? `${keys} is unknown; allowed: ${Object.keys(SHAPE).join(", ")}`
      : "must be an object",
});

/**
 * Options with every default filled in, and all URLs checked.
 * @throws StreamError `invalid-option`, `invalid-url` or `unsupported`, which name the option and what is allowed
 */
export function resolveGatewayOptions(options: GatewayOptions): ResolvedGatewayOptions {
  const { token } = options;
  // Not by the schema, whose messages tell the value.
  if (token !== undefined && (typeof token !== "string" || !TOKEN.test(token))) {
    throw new StreamError(
      "invalid-option",
      "token: must be 1 to 256 letters, digits or signs of ASCII, without spaces",
    );
  }
  const result = SCHEMA.safeParse(options);
  if (!result.success) throw invalidOption(result.error, options);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: Complete = { ...DEFAULTS, ...(given as GatewayOptions) };
  resolveOptions(resolved.receiver);
  if (typeof resolved.telemetry === "string") telemetryAddress(resolved.telemetry);
  checkCameras(resolved);
  return { ...resolved, outputs: resolved.outputs.map(parseOutputTemplate) };
}

function checkCameras({ cameras, maxCameras }: Complete): void {
  if (cameras.length > maxCameras) {
    throw new StreamError("invalid-option", `cameras: there are ${cameras.length}; maxCameras allows ${maxCameras}`);
  }
  for (const [index, { id, url }] of cameras.entries()) {
    if (cameras.findIndex((other) => other.id === id) !== index) {
      throw new StreamError("invalid-option", `cameras: two are called "${id}"; ids must differ`);
    }
    checkSourceUrl(url);
  }
}
