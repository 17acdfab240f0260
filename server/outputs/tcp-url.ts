import { StreamError } from "../../lib/errors.js";
import { readParameters, type StreamUrl } from "../../lib/stream-url.js";
import type { Output } from "./output.js";
import { TcpOutput } from "./tcp.js";
import { TcpPushOutput } from "./tcp-push.js";

const DEFAULTS = { port: 8000, join: "gop", maxBacklogMs: 250, maxClients: 64 } as const;
const RULES = {
  connect: { kind: "flag" },
  join: { kind: "word", words: ["gop", "keyframe"] },
  maxBacklogMs: { kind: "integer", min: 20, max: 60_000 },
  maxClients: { kind: "integer", min: 1, max: 10_000 },
} as const;

/**
 * `tcp://[address]:8000?join=gop|keyframe&maxBacklogMs=250&maxClients=64` listens;
 * `tcp://host:8000?connect=1&join=gop|keyframe&maxBacklogMs=250` connects to a receiver that listens.
 * @throws StreamError `invalid-url`
 */
export function openTcpOutput(url: StreamUrl): Output {
  const { connect = false, maxClients, ...parameters } = readParameters(url, RULES);
  const { join, maxBacklogMs } = { ...DEFAULTS, ...parameters };
  const port = url.port ?? DEFAULTS.port;
  if (!connect) {
    return new TcpOutput({ host: url.host, port, join, maxBacklogMs, maxClients: maxClients ?? DEFAULTS.maxClients });
  }
  const problem =
    url.host === ""
      ? "connect=1 needs the receiver's host, as in tcp://192.0.2.7:8000?connect=1"
      : port === 0
        ? "port 0 cannot be connected to; 1 to 65535 is allowed"
        : maxClients !== undefined
          ? "maxClients is only for listening; connect=1 makes one connection"
          : undefined;
  if (problem) throw new StreamError("invalid-url", `${url.text}: ${problem}`);
  return new TcpPushOutput({ host: url.host, port, join, maxBacklogMs });
}
