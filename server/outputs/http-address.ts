import { StreamError } from "../../lib/errors.js";

/** An address of HTTP that an output pushes to. */
export interface HttpAddress {
  /** Without the scheme in front of HTTP's own, and without the parameters that are ours. */
  url: URL;
  /** Whether the text names a port; the URL class forgets one that is the scheme's own. */
  hasPort: boolean;
  /** All parameters of the text. */
  parameters: URLSearchParams;
}

/**
 * Takes `SCHEME+http://host:port/path?parameters` apart.
 * @param example of what is allowed, for the message
 * @throws StreamError `invalid-url`
 */
export function parseHttpAddress(text: string, example: string): HttpAddress {
  const address = text.replace(/^[a-z]+\+/i, "");
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw new StreamError("invalid-url", `${text}: must look like ${example}`);
  }
  const url = new URL(address);
  const problem =
    url.username !== "" || url.password !== ""
      ? "no user name or password is taken; servers ask for a token, as in ?token=secret"
      : url.port === "0"
        ? "port 0 cannot be connected to; 1 to 65535 is allowed"
        : undefined;
  if (problem) throw new StreamError("invalid-url", `${text}: ${problem}`);
  const parameters = new URLSearchParams(url.search);
  url.hash = "";
  url.search = "";
  return { url, hasPort: /^https?:\/\/(?:\[[^\]]*\]|[^:/?#]*):\d/i.test(address), parameters };
}

/** What is wrong with a token; undefined where nothing is. @see RFC 6750 section 2.1 */
export function tokenProblem(token: string | undefined): string | undefined {
  if (token === undefined || /^[!-~]+$/.test(token)) return undefined;
  return "the token is not allowed; it must be letters, digits and signs of ASCII, without spaces";
}
