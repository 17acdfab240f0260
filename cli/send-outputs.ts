import { parseStreamUrl } from "../lib/stream-url.js";
import { openOutput } from "../server/index.js";
import type { Output } from "../server/outputs/output.js";
import { openWebOutput, type WebAdditions } from "../server/outputs/web-url.js";

/** What outputs are given beside what their URLs say, which goes before it. */
export interface SendAdditions extends WebAdditions {
  /** What pages and gateways call the camera. */
  cameraId?: string;
  /** What gateways and WHIP servers ask for. */
  token?: string;
}

/**
 * The outputs that the command line names.
 * @throws StreamError `invalid-url`
 */
export function openSendOutputs(urls: readonly string[], additions: SendAdditions): Output[] {
  const { cameraId, token, ...web } = additions;
  return urls.map((text) => {
    const url = withParameters(text, cameraId, token);
    return /^web:/i.test(url) ? openWebOutput(parseStreamUrl(url), web) : openOutput(url);
  });
}

function withParameters(url: string, camera: string | undefined, token: string | undefined): string {
  const isGateway = /^webrtc\+/i.test(url);
  const fitting = {
    ...((isGateway || /^web:/i.test(url)) && { camera }),
    ...((isGateway || /^whip\+/i.test(url)) && { token }),
  };
  const given = new URLSearchParams(url.split(/\?(.*)/s)[1] ?? "");
  const added = Object.entries(fitting).flatMap(([name, value]) =>
    value === undefined || given.has(name) ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  if (added.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${added.join("&")}`;
}
