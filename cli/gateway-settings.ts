import { z } from "zod";
import { StreamError } from "../lib/index.js";
import { CAMERA_ID_RULE, isCameraId } from "../server/gateway/camera-id.js";
import { checkSourceUrl } from "../server/gateway/check-source-url.js";
import { parseOutputTemplate } from "../server/gateway/output-template.js";
import type { GatewayOptions, PulledCamera } from "../server/index.js";
import type { TlsPaths } from "../server/web/tls-files.js";
import { checkConfig, configObject } from "./check-config.js";
import type { CommandLogOptions } from "./command-log.js";
import { readYaml } from "./read-yaml.js";

/** Options of `glasslink gateway` as they were parsed. */
export interface GatewayCommandOptions extends CommandLogOptions {
  config?: string;
  port?: number;
  host?: string;
  rtspPort?: number;
  /** False: none. */
  rtsp: boolean;
  output: string[];
  /** Each `id=url`. */
  camera: string[];
  token?: string;
  telemetry?: string;
  tlsCert?: string;
  tlsKey?: string;
}

/** What a gateway is set up with by the command line and its file. */
export interface GatewaySettings {
  gateway: Pick<GatewayOptions, "port" | "host" | "rtspPort" | "cameras" | "outputs" | "token" | "telemetry">;
  tls: TlsPaths;
}

const ID = `must be ${CAMERA_ID_RULE}`;
const TEXT = "must be text; put it between quotes";
const portFrom = (least: number, allowed: string) => z.int(allowed).min(least, allowed).max(65_535, allowed);

/** A text that `check` throws no StreamError for. */
function checked(check: (text: string) => unknown) {
  return z.string("must be a URL").superRefine((text, { addIssue }) => {
    try {
      check(text);
    } catch (error) {
      addIssue((error as StreamError).message);
    }
  });
}

const FILE = configObject({
  port: portFrom(0, "must be a port, 0 to 65535").exactOptional(),
  host: z.string("must be an address").exactOptional(),
  rtspPort: portFrom(1, "must be a port, 1 to 65535, or null for none").nullable().exactOptional(),
  token: z.string(TEXT).exactOptional(),
  outputs: z.array(checked(parseOutputTemplate), 'must be a list, such as ["udp://239.1.1.1:5000+n"]').exactOptional(),
  cameras: z
    .array(
      configObject({ id: z.string(ID).refine(isCameraId, ID), url: checked(checkSourceUrl) }),
      'must be a list, such as [{ id: gate, url: "rtsp://192.168.1.30/stream" }]',
    )
    .exactOptional(),
  telemetry: z.string("must be a URL such as http://pi:8001").exactOptional(),
  tlsCert: z.string("must be a file").exactOptional(),
  tlsKey: z.string("must be a file").exactOptional(),
});

/**
 * What the options and the file that they name say; an option goes before the same one of the file.
 * @throws StreamError `invalid-option`, which names the place in the file, the value and what is allowed
 */
export async function readGatewaySettings(options: GatewayCommandOptions): Promise<GatewaySettings> {
  const { config } = options;
  const file = config === undefined ? {} : checkConfig(FILE, (await readYaml(config)) ?? {}, config);
  const { tlsCert, tlsKey, ...settings } = { ...file, ...given(options) };
  return { gateway: settings, tls: { certPath: tlsCert, keyPath: tlsKey } };
}

function given(options: GatewayCommandOptions): z.output<typeof FILE> {
  const { port, host, rtspPort, rtsp, output, camera, token, telemetry, tlsCert, tlsKey } = options;
  const single = { port, host, rtspPort: rtsp ? rtspPort : null, token, telemetry, tlsCert, tlsKey };
  return {
    ...Object.fromEntries(Object.entries(single).filter(([, value]) => value !== undefined)),
    ...(output.length > 0 && { outputs: output }),
    ...(camera.length > 0 && { cameras: camera.map(readCamera) }),
  };
}

function readCamera(text: string): PulledCamera {
  const [, id = "", url = ""] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  if (isCameraId(id) && url !== "") return { id, url };
  const example = "gate=rtsp://192.168.1.30/stream";
  throw new StreamError("invalid-option", `--camera ${text}: must be id=url, such as ${example}; the id ${ID}`);
}
