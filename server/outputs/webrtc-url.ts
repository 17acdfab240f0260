import { StreamError } from "../../lib/errors.js";
import { readParameters } from "../../lib/stream-url.js";
import { CAMERA_ID_RULE, isCameraId } from "../gateway/camera-id.js";
import { parseHttpAddress, tokenProblem } from "./http-address.js";
import type { Output } from "./output.js";
import { WebrtcOutput } from "./webrtc.js";

const DEFAULTS = { port: 8080, namespace: "/stream", camera: "camera", insecure: false } as const;
const EXAMPLE = "webrtc+http://192.0.2.7:8080/stream?camera=left";
const RULES = {
  camera: { kind: "text" },
  token: { kind: "text" },
  insecure: { kind: "flag" },
} as const;

/**
 * `webrtc+http(s)://host:8080/stream?camera=left&token=secret` hands the camera to a gateway by WebRTC, agreed on by
 * socket.io within the namespace that is the path; `insecure=1` takes any certificate.
 * @throws StreamError `invalid-url`
 */
export function openWebrtcOutput(text: string): Output {
  const { url, hasPort, parameters } = parseHttpAddress(text, EXAMPLE);
  const place = { text, scheme: url.protocol, host: url.hostname, port: undefined, query: parameters };
  const { token, ...given } = readParameters(place, RULES);
  const { camera, insecure } = { ...DEFAULTS, ...given };
  const problem = !isCameraId(camera)
    ? `camera=${camera} is not allowed; it must be ${CAMERA_ID_RULE}`
    : insecure && url.protocol === "http:"
      ? "insecure is only for webrtc+https://"
      : tokenProblem(token);
  if (problem) throw new StreamError("invalid-url", `${text}: ${problem}`);
  if (!hasPort) url.port = String(DEFAULTS.port);
  url.pathname = url.pathname.replace(/\/+$/, "") || DEFAULTS.namespace;
  const options = { url: url.href, cameraId: camera, token, insecure };
  return new WebrtcOutput({
    url: `webrtc+${url.href}?camera=${camera}`,
    signalling: async (owner) => {
      // socket.io is loaded only here: senders without gateways start sooner without.
      const { StreamSignalling } = await import("./stream-signalling.js");
      return new StreamSignalling(options, owner);
    },
  });
}
