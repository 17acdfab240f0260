import { StreamError } from "../errors.js";
import { formatStreamUrl, parseStreamUrl, readParameters } from "../stream-url.js";
import { TELEMETRY_PORT } from "./telemetry-protocol.js";

const SCHEMES = ["http", "https"];

/**
 * Where a sender's telemetry is, in full: `pi` and `pi:8001` mean `http://pi:8001`, and the port is 8001 where none is
 * given, with `https://` as well.
 * @throws StreamError `invalid-url`
 */
export function telemetryAddress(text: string): string {
  const url = parseStreamUrl(text.includes("://") ? text : `http://${text}`);
  readParameters(url, {});
  const address = formatStreamUrl(url.scheme, url.host, url.port ?? TELEMETRY_PORT);
  if (!SCHEMES.includes(url.scheme)) throw invalid(text, `${url.scheme}:// is not allowed; http:// and https:// are`);
  if (url.host === "" || !URL.canParse(address)) throw invalid(text, "must name a host, as in http://pi:8001");
  return address;
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`, { details: { url: text } });
}
