/** A scheme and its parameters, as in `WWW-Authenticate` and `Authorization`. */
export interface AuthHeader {
  /** In lower case: `basic`, `digest`. */
  scheme: string;
  /** What stands alone behind the scheme, as the credentials of Basic do. */
  token: string;
  /** Names in lower case. */
  parameters: Readonly<Record<string, string>>;
}

// A name begins where no name is: from each letter of a long word anew, time would grow with its square.
const PARAMETER = /(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g;

/**
 * Takes the header of one scheme apart; never throws.
 * @see RFC 7235 section 2.1
 */
export function parseAuthHeader(text: string): AuthHeader {
  const [scheme = "", rest = ""] = text.trim().split(/\s+(.*)/s);
  const parameters: Record<string, string> = Object.create(null);
  for (const [, name = "", quoted, plain] of rest.matchAll(PARAMETER)) {
    parameters[name.toLowerCase()] ??= quoted === undefined ? (plain ?? "") : quoted.replace(/\\(.)/gs, "$1");
  }
  return { scheme: scheme.toLowerCase(), token: rest, parameters };
}

/** A value in quotes. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
