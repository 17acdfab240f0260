import { StreamError } from "../../lib/errors.js";
import { parseStreamUrl } from "../../lib/stream-url.js";

/** Where ground stations listen for MAVLink, by custom. */
const UDP_PORT = 14550;
/** What the telemetry ports of autopilots are set to unless somebody changes it. */
const BAUD_RATE = 57_600;
const BAUD_RATES = { min: 1_200, max: 12_000_000 };
const SERIAL = /^mavlink-serial:(?:\/\/)?(?<path>.*?)(?::(?<baudRate>\d+))?$/i;

/** Where a vehicle is heard. */
export type TelemetryUrl =
  /** `host`: who is spoken to first, in which case any local port does; undefined: `port` is listened on. */
  { kind: "udp"; host: string | undefined; port: number } | { kind: "serial"; path: string; baudRate: number };

/**
 * `mavlink-udp://:14550` listens, `mavlink-udp://HOST:14550` speaks first, and `mavlink-serial:/dev/ttyAMA0:921600` (or
 * `mavlink-serial:COM3:57600`) is a serial port with its rate. Default: port 14550, 57600 baud.
 * @throws StreamError `invalid-url` that names what is wrong and what is allowed
 */
export function parseTelemetryUrl(text: string): TelemetryUrl {
  if (/^mavlink-serial:/i.test(text)) return parseSerial(text);
  if (/^mavlink-udp:/i.test(text)) return parseUdp(text);
  const allowed = "mavlink-udp://:14550, mavlink-udp://HOST:14550 or mavlink-serial:/dev/ttyAMA0:921600";
  throw invalid(text, `is no place to hear a vehicle; allowed: ${allowed}`);
}

function parseUdp(text: string): TelemetryUrl {
  const url = parseStreamUrl(text);
  if (url.query.size > 0) throw invalid(text, "takes no parameters");
  const [host, port] = [url.host === "" ? undefined : url.host, url.port ?? UDP_PORT];
  if (host === "0.0.0.0" || host === "::") {
    throw invalid(text, `names nobody to speak to; to listen, leave the host out: mavlink-udp://:${port}`);
  }
  if (host !== undefined && port === 0) throw invalid(text, "port 0 is nobody's; 1 to 65535 are allowed");
  return { kind: "udp", host, port };
}

function parseSerial(text: string): TelemetryUrl {
  const { path = "", baudRate = String(BAUD_RATE) } = SERIAL.exec(text)?.groups ?? {};
  if (path === "") throw invalid(text, "must name a port, as in mavlink-serial:/dev/ttyAMA0:921600");
  const { min, max } = BAUD_RATES;
  const rate = Number(baudRate);
  if (rate < min || rate > max) throw invalid(text, `${baudRate} baud is not allowed; ${min} to ${max} is`);
  return { kind: "serial", path, baudRate: rate };
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`, { details: { url: text } });
}
