import { StreamError } from "../lib/errors.js";
import { type CameraOptions, type ResolvedCameraOptions, resolveCameraOptions } from "../server/cameras/options.js";
import { readCameraSpecification } from "../server/cameras/parse-camera.js";
import { checkConfig } from "./check-config.js";
import { readYaml } from "./read-yaml.js";
import {
  CAMERA_FIELDS,
  DEVICE_RULE,
  isServerUrl,
  SEND_CONFIG,
  SERVER_RULE,
  type SendConfigFile,
} from "./send-config-schema.js";
import { openSendOutputs } from "./send-outputs.js";

/** Options of a camera whose kind is not known yet. */
export type CameraFields = Partial<Record<(typeof CAMERA_FIELDS)[number], unknown>>;

/** A camera of a configuration. */
export interface ConfiguredCamera {
  id: string;
  /** The camera that the file names, or the number of one that is to be found. */
  camera: ResolvedCameraOptions | { deviceId: number; fields: CameraFields };
  urls: readonly string[];
}

/** Several cameras of one machine, and where they go. */
export interface SendConfig {
  cameras: readonly ConfiguredCamera[];
  token?: string;
}

/** What variables of the environment say in the file's place. */
interface Overrides {
  serverUrl: string | undefined;
  /** By id. */
  devices: Record<string, number | undefined>;
}

/**
 * Reads a configuration. SERVER_URL, LEFT_CAMERA_ID and RIGHT_CAMERA_ID in the environment go before what it says.
 * @throws StreamError `invalid-option`, `invalid-url` that name the place in the file, the value and what is allowed
 */
export async function readSendConfig(path: string, environment: NodeJS.ProcessEnv): Promise<SendConfig> {
  const overrides = readOverrides(environment);
  const file = checkConfig(SEND_CONFIG, (await readYaml(path)) ?? {}, path);
  const cameras = within(`${path}: `, () =>
    Object.entries(file.cameras).map(([id, entry]) => configuredCamera({ id, entry, file, overrides })),
  );
  return { cameras, ...(file.server?.token !== undefined && { token: file.server.token }) };
}

/** Errors of `body` say where they are from. */
function within<T>(place: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    throw new StreamError(error.code, place + error.message, { cause: error, details: error.details });
  }
}

function readOverrides(environment: NodeJS.ProcessEnv): Overrides {
  const serverUrl = environment.SERVER_URL || undefined;
  if (serverUrl !== undefined && !isServerUrl(serverUrl)) throw refused("SERVER_URL", serverUrl, SERVER_RULE);
  const device = (name: string): number | undefined => {
    const text = environment[name] || undefined;
    if (text === undefined) return undefined;
    if (!/^\d{1,2}$/.test(text) || Number(text) > 15) throw refused(name, text, DEVICE_RULE);
    return Number(text);
  };
  return { serverUrl, devices: { left: device("LEFT_CAMERA_ID"), right: device("RIGHT_CAMERA_ID") } };
}

function refused(name: string, value: string, rule: string): StreamError {
  return new StreamError("invalid-option", `${name} = ${JSON.stringify(value)}: ${rule}`);
}

interface Place {
  id: string;
  entry: SendConfigFile["cameras"][string];
  file: SendConfigFile;
  overrides: Overrides;
}

function configuredCamera({ id, entry, file, overrides }: Place): ConfiguredCamera {
  const place = `cameras.${id}`;
  const device = Object.hasOwn(overrides.devices, id) ? overrides.devices[id] : undefined;
  const camera = device === undefined ? entry.camera : undefined;
  const deviceId = device ?? entry.device_id;
  if ((camera === undefined) === (deviceId === undefined)) {
    const choice = "device_id: 0, or camera: v4l2:/dev/video0";
    throw new StreamError("invalid-option", `${place}: it must say which camera, by one of ${choice}`);
  }
  const fields = Object.fromEntries(
    CAMERA_FIELDS.flatMap((name) => (entry[name] === undefined ? [] : [[name, entry[name]]])),
  );
  const urls = urlsOf({ id, entry, file, overrides });
  if (camera !== undefined) return { id, camera: namedCamera(camera, fields, place), urls };
  // Most are on a Raspberry Pi; what another kind does not take is told when it is found to be one.
  resolveCameraOptions({ ...fields, kind: "rpicam" } as CameraOptions, place);
  return { id, camera: { deviceId: deviceId as number, fields }, urls };
}

function namedCamera(specification: string, fields: CameraFields, place: string): ResolvedCameraOptions {
  // Its messages begin with the word camera.
  const named = within(`${place}.`, () => readCameraSpecification(specification));
  const twice = Object.keys(fields).find((name) => name in named);
  if (twice !== undefined) {
    throw new StreamError("invalid-option", `${place}.${twice}: given twice; ${place}.camera says it too`);
  }
  return resolveCameraOptions({ ...named, ...fields } as CameraOptions, place);
}

function urlsOf({ id, entry, file, overrides }: Place): string[] {
  const place = `cameras.${id}`;
  const { namespace = "/stream" } = file.server ?? {};
  const server = overrides.serverUrl ?? file.server?.url;
  if (server === undefined && file.server) throw new StreamError("invalid-option", `server.url: ${SERVER_RULE}`);
  const gateway = server === undefined ? [] : [`webrtc+${server.replace(/\/$/, "")}${namespace}`];
  const urls = [...gateway, ...(file.outputs ?? []), ...(entry.outputs ?? [])].map((url) => url.replaceAll("{id}", id));
  if (urls.length === 0) {
    throw new StreamError("invalid-option", `${place}: it goes nowhere; give the file a server, or it some outputs`);
  }
  const { token } = file.server ?? {};
  within(`${place}: `, () => openSendOutputs(urls, { cameraId: id, ...(token !== undefined && { token }) }));
  return urls;
}
