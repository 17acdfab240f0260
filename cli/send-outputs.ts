import { parseStreamUrl } from "../lib/stream-url.js";
import { openOutput } from "../server/outputs/index.js";
import type { Output } from "../server/outputs/output.js";
import { openWebOutput, type WebAdditions } from "../server/outputs/web-url.js";
import type { SendOptions } from "./send-options.js";
import type { SendTelemetry } from "./send-telemetry.js";

/** What outputs are given beside what their URLs say, which goes before it. */
export interface SendAdditions extends WebAdditions {
  /** What pages and gateways call the camera. */
  cameraId?: string;
  /** What gateways and WHIP servers ask for, and what clients of chunked UDP must know. */
  token?: string;
}

/** What the options of the command line say to outputs. */
export function sendAdditions(options: SendOptions, telemetry?: SendTelemetry): SendAdditions {
  const { tlsCert, tlsKey, jpegQuality, cameraId, token } = options;
  return {
    ...(cameraId !== undefined && { cameraId }),
    ...(token !== undefined && { token }),
    ...(telemetry && { telemetry: telemetry.source }),
    ...((tlsCert ?? tlsKey) !== undefined && { tls: { certPath: tlsCert, keyPath: tlsKey } }),
    ...(jpegQuality !== undefined && { jpegQuality }),
  };
}

/**
 * The outputs that the command line names.
 * @throws StreamError `invalid-url`
 */
export function openSendOutputs(urls: readonly string[], additions: SendAdditions): Output[] {
  const { cameraId: _cameraId, token: _token, ...web } = additions;
  return urls.map((text) => {
    const url = completeUrl(text, additions);
    return /^web:/i.test(url) ? openWebOutput(parseStreamUrl(url), web) : openOutput(url);
  });
}

/** An output's URL with what the options of the command line say to it. */
export function completeUrl(url: string, { cameraId, token, jpegQuality }: SendAdditions): string {
  return withParameters(url, { camera: cameraId, token, jpegQuality });
}

/** Which URLs take which parameter; `web://` is told its quality by another way. */
const TAKERS = {
  camera: /^(?:web:|webrtc\+)/i,
  token: /^(?:webrtc\+|whip\+|chunked-udp:)/i,
  jpegQuality: /^(?:chunked-udp|mjpeg-tcp):/i,
} as const;

function withParameters(url: string, values: Record<keyof typeof TAKERS, string | number | undefined>): string {
  const given = new URLSearchParams(url.split(/\?(.*)/s)[1] ?? "");
  const added = Object.entries(TAKERS).flatMap(([name, takers]) => {
    const value = values[name as keyof typeof TAKERS];
    return value === undefined || given.has(name) || !takers.test(url) ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  if (added.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${added.join("&")}`;
}
