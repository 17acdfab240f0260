import { MavlinkSerial } from "./mavlink-serial.js";
import { MavlinkUdp } from "./mavlink-udp.js";
import type { TelemetryLink } from "./telemetry-link.js";
import { parseTelemetryUrl } from "./telemetry-url.js";

/**
 * The link that a URL means, as for `parseTelemetryUrl`.
 * @throws StreamError `invalid-url`
 */
export function openTelemetryLink(text: string): TelemetryLink {
  const url = parseTelemetryUrl(text);
  return url.kind === "udp" ? new MavlinkUdp(text, url) : new MavlinkSerial(url);
}
