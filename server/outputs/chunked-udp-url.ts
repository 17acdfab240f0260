import { CHUNKED_UDP_PORT, TOKEN_PATTERN, TOKEN_RULE } from "../../lib/chunked-udp/client-message.js";
import { StreamError } from "../../lib/errors.js";
import { readParameters, type StreamUrl } from "../../lib/stream-url.js";
import { isNetwork } from "../chunked-udp/admission.js";
import { ChunkedUdpOutput } from "./chunked-udp.js";
import type { Output } from "./output.js";

const DEFAULTS = { maxClients: 64, maxClientsPerAddress: 32, maxMbps: 500, jpegQuality: 80 } as const;
const RULES = {
  token: { kind: "text" },
  allow: { kind: "text" },
  maxClients: { kind: "integer", min: 1, max: 1_000 },
  maxClientsPerAddress: { kind: "integer", min: 1, max: 1_000 },
  maxMbps: { kind: "integer", min: 1, max: 10_000 },
  jpegQuality: { kind: "integer", min: 1, max: 100 },
} as const;
const NETWORKS = "addresses and networks with commas between, as 192.0.2.7,198.51.100.0/24,2001:db8::/32";

/**
 * `chunked-udp://[address]:9999?token=secret&allow=192.0.2.0/24` sends JPEGs to those who register; further
 * parameters: `maxClients=64`, `maxClientsPerAddress=32`, `maxMbps=500`, `jpegQuality=80`.
 * @throws StreamError `invalid-url`
 */
export function openChunkedUdpOutput(url: StreamUrl): Output {
  const { token, allow, ...given } = readParameters(url, RULES);
  const allowed = allow?.split(",") ?? [];
  const wrong = allowed.find((network) => !isNetwork(network));
  const problem =
    token !== undefined && !TOKEN_PATTERN.test(token)
      ? `the token is not allowed; it must be ${TOKEN_RULE}`
      : wrong !== undefined
        ? `allow=${wrong} is not allowed; it must be ${NETWORKS}`
        : undefined;
  if (problem) throw new StreamError("invalid-url", `${url.text}: ${problem}`);
  return new ChunkedUdpOutput({
    ...{ ...DEFAULTS, ...given, allowed },
    ...{ host: url.host, port: url.port ?? CHUNKED_UDP_PORT },
    ...(token !== undefined && { token }),
  });
}
