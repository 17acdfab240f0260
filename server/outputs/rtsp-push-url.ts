import { StreamError } from "../../lib/errors.js";
import { parseRtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { readParameters } from "../../lib/stream-url.js";
import type { Output } from "./output.js";
import { RtspPushOutput } from "./rtsp-push.js";

const DEFAULTS = { port: 8554, join: "gop", maxBacklogMs: 250, insecure: false } as const;
const RULES = {
  transport: { kind: "word", words: ["tcp", "udp"] },
  join: { kind: "word", words: ["gop", "keyframe"] },
  maxBacklogMs: { kind: "integer", min: 20, max: 60_000 },
  insecure: { kind: "flag" },
} as const;

/**
 * `rtsp-push://[user:password@]host:8554/cam?transport=tcp|udp&join=gop|keyframe&maxBacklogMs=250` hands the stream to
 * another RTSP server, `rtsps-push://` by TLS (`insecure=1` takes any certificate). Other parameters are the server's.
 * @throws StreamError `invalid-url`
 */
export function openRtspPushOutput(text: string): Output {
  const parsed = parseRtspUrl(text.replace(/^(rtsps?)-push:/i, "$1:"));
  const { scheme, host, port } = parsed;
  const isOurs = (parameter: string): boolean => Object.hasOwn(RULES, parameter.split("=")[0] ?? "");
  const query = new URLSearchParams(parsed.parameters.filter(isOurs).join("&"));
  const { transport, ...given } = readParameters({ text, scheme, host, port, query }, RULES);
  const { join, maxBacklogMs, insecure } = { ...DEFAULTS, ...given };
  const problem =
    host === ""
      ? "a host is needed, as in rtsp-push://192.0.2.7:8554/cam"
      : port === 0
        ? "port 0 cannot be connected to; 1 to 65535 is allowed"
        : insecure && scheme === "rtsp"
          ? "insecure is only for rtsps-push://"
          : undefined;
  if (problem) throw new StreamError("invalid-url", `${text}: ${problem}`);
  const parameters = parsed.parameters.filter((parameter) => !isOurs(parameter));
  return new RtspPushOutput({
    url: { ...parsed, port: port ?? (scheme === "rtsp" ? DEFAULTS.port : undefined), parameters },
    transports: transport ? [transport] : ["tcp", "udp"],
    ...{ join, maxBacklogMs, insecure },
  });
}
