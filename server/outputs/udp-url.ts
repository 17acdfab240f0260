import { StreamError } from "../../lib/errors.js";
import { readParameters, type StreamUrl } from "../../lib/stream-url.js";
import type { Output } from "./output.js";
import { UdpOutput } from "./udp.js";

const DEFAULTS = { port: 5000, format: "raw" } as const;
const RULES = {
  format: { kind: "word", words: ["raw", "ts", "rtp"] },
  ttl: { kind: "integer", min: 1, max: 255 },
  interface: { kind: "text" },
  sdp: { kind: "text" },
} as const;

/**
 * `udp://host:5000?format=raw|ts|rtp&ttl=1&interface=eth0&sdp=path`; the host may be a multicast group. The SDP of
 * `format=rtp` is written to `glasslink-PORT.sdp` in the working directory unless `sdp` names another file.
 * @throws StreamError `invalid-url`
 */
export function openUdpOutput(url: StreamUrl): Output {
  const { sdp, ...parameters } = readParameters(url, RULES);
  const port = url.port ?? DEFAULTS.port;
  const format = parameters.format ?? DEFAULTS.format;
  const problem =
    url.host === ""
      ? "a host is needed, as in udp://239.1.1.1:5000"
      : port === 0
        ? "port 0 cannot be sent to; 1 to 65535 is allowed"
        : sdp !== undefined && format !== "rtp"
          ? "sdp is only for format=rtp"
          : undefined;
  if (problem) throw new StreamError("invalid-url", `${url.text}: ${problem}`);
  const description = format === "rtp" ? { sdpPath: sdp ?? `glasslink-${port}.sdp` } : {};
  return new UdpOutput({ ...parameters, host: url.host, port, format, ...description });
}
