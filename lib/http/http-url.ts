import type { Credentials } from "../auth/credentials.js";
import { StreamError } from "../errors.js";
import { serverText } from "./server-text.js";

const SECURE = /^https:/i;
const PARTS = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s;
const OURS = /^insecure(?:=|$)/;
/** What a server may redirect to. */
const MAX_PLACE_CHARACTERS = 2_048;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** The URL of a camera, taken apart. */
export interface HttpUrl {
  /** As the server is asked for it: without credentials, and without what is ours of the parameters. */
  url: URL;
  credentials: Credentials | undefined;
  /** Whether a certificate counts that nobody vouches for. */
  insecure: boolean;
}

/**
 * Takes `http://user:password@host:port/path?query` apart, or `https://`. All of the query is the camera's, but for
 * `insecure` with `https`. The password may hold an unescaped `@` and `:`.
 * @throws StreamError `invalid-url`
 */
export function parseHttpUrl(text: string): HttpUrl {
  const shown = withoutInsecure(text);
  if (!URL.canParse(shown)) {
    throw new StreamError("invalid-url", `${text}: must look like http://host:80/path`);
  }
  const url = new URL(shown);
  return { url: bare(url), credentials: credentialsOf(url), insecure: readInsecure(text) };
}

/** A camera's URL for other programs: without the parameter that is ours. */
export function withoutInsecure(text: string): string {
  const [, address = "", query = "", fragment = ""] = PARTS.exec(text) ?? [];
  const parameters = query.split("&");
  const others = parameters.filter((parameter) => !OURS.test(parameter));
  if (others.length === parameters.length || !SECURE.test(text)) return text;
  return `${address}${others.length > 0 ? `?${others.join("&")}` : ""}${fragment}`;
}

/**
 * Where a `Location` header leads. The user name and password stay with the host that they were given for, and are not
 * sent in the clear where they came by TLS: another host gets only what the new URL holds.
 * @throws StreamError `connect-failed` for a place that is no HTTP URL, or longer than 2048 characters
 */
export function redirectedHttpUrl(from: HttpUrl, location: string): HttpUrl {
  const to = URL.canParse(location, from.url.href) ? new URL(location, from.url) : undefined;
  if (!to || !/^https?:$/.test(to.protocol) || to.hostname === "") {
    throw misled(from, `${serverText(location)}, which is no HTTP URL`);
  }
  if (to.href.length > MAX_PLACE_CHARACTERS) {
    const length = `${to.href.length} characters, of which ${MAX_PLACE_CHARACTERS} are allowed`;
    throw misled(from, `${serverText(location)}, a URL of ${length}`);
  }
  const isSafe = to.hostname === from.url.hostname && (to.protocol === "https:" || from.url.protocol === "http:");
  const own = credentialsOf(to);
  return { url: bare(to), credentials: own ?? (isSafe ? from.credentials : undefined), insecure: from.insecure };
}

function misled({ url }: HttpUrl, where: string): StreamError {
  return new StreamError("connect-failed", `${url.href}: the server redirects to ${where}`);
}

function readInsecure(text: string): boolean {
  if (!SECURE.test(text)) return false;
  const [, , query = ""] = PARTS.exec(text) ?? [];
  const [ours, second] = query.split("&").filter((parameter) => OURS.test(parameter));
  if (second !== undefined) throw new StreamError("invalid-url", `${text}: parameter "insecure" is given twice`);
  if (ours !== undefined && !/^insecure(?:=[01]?)?$/.test(ours)) {
    throw new StreamError("invalid-url", `${text}: ${ours} is not allowed; it must be 0 or 1`);
  }
  return ours !== undefined && ours !== "insecure=0";
}

function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  copy.hash = "";
  return copy;
}

function credentialsOf({ username, password }: URL): Credentials | undefined {
  if (username === "" && password === "") return undefined;
  return { username: unescaped(username), password: unescaped(password) };
}

/** A percent sign that escapes nothing is one. */
function unescaped(text: string): string {
  return text.replace(ESCAPES, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
