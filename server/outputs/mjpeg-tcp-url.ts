import { readParameters, type StreamUrl } from "../../lib/stream-url.js";
import { MjpegTcpOutput } from "./mjpeg-tcp.js";
import type { Output } from "./output.js";

/** What the clients that there are read: `struct.unpack("L")` on 64-bit Linux, and `pickle.loads`. */
const DEFAULTS = {
  port: 8888,
  length: "8",
  payload: "pickle",
  jpegQuality: 80,
  maxBacklogMs: 250,
  maxClients: 64,
} as const;
const RULES = {
  length: { kind: "word", words: ["8", "4"] },
  payload: { kind: "word", words: ["pickle", "jpeg"] },
  jpegQuality: { kind: "integer", min: 1, max: 100 },
  maxBacklogMs: { kind: "integer", min: 20, max: 60_000 },
  maxClients: { kind: "integer", min: 1, max: 10_000 },
} as const;

/**
 * `mjpeg-tcp://[address]:8888?length=8|4&payload=pickle|jpeg&jpegQuality=80&maxBacklogMs=250&maxClients=64` listens.
 * @throws StreamError `invalid-url`
 */
export function openMjpegTcpOutput(url: StreamUrl): Output {
  const { length, ...options } = { ...DEFAULTS, ...readParameters(url, RULES) };
  const { host, port = DEFAULTS.port } = url;
  return new MjpegTcpOutput({ ...options, host, port, lengthBytes: length === "8" ? 8 : 4 });
}
