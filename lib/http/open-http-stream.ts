import { parseAuthHeader } from "../auth/auth-header.js";
import { ClientAuthorization } from "../auth/client-authorization.js";
import type { Clock } from "../clock.js";
import { StreamError } from "../errors.js";
import { typeOfAnswer } from "./answer-type.js";
import { HttpAnswer } from "./http-answer.js";
import { type HttpUrl, redirectedHttpUrl } from "./http-url.js";
import type { MediaType } from "./media-type.js";
import { serverText } from "./server-text.js";
import { httpStatusFailure } from "./status-failure.js";

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 5;
/** A first answer may find fault with missing credentials, a second one with an old nonce. */
const MAX_TRIES = 3;

/** What is asked for. */
export interface OpenHttpStreamOptions {
  url: HttpUrl;
  clock: Clock;
  /** For everything up to the last answer's head, and its first bytes where that tells no type, together. */
  connectTimeoutMs: number;
}

/** A server's answer that is a success, what it is, and where it came from. */
export interface HttpStream {
  answer: HttpAnswer;
  type: MediaType;
  /** Behind all redirects; without credentials. */
  url: URL;
}

/**
 * Asks for a URL, follows redirects, and answers challenges. When this rejects, every connection is gone.
 * @throws StreamError `connect-failed`, `unauthorized`, `invalid-data`; the reason of `signal` when that aborts, which
 *   means nothing afterwards
 */
export async function openHttpStream(options: OpenHttpStreamOptions, signal: AbortSignal): Promise<HttpStream> {
  const { url, clock, connectTimeoutMs } = options;
  signal.throwIfAborted();
  const opening = new AbortController();
  const abort = (): void => opening.abort(signal.reason);
  const timer = clock.after(connectTimeoutMs, () => {
    const message = `${url.url.href}: no answer within ${connectTimeoutMs} ms`;
    opening.abort(new StreamError("connect-failed", message));
  });
  signal.addEventListener("abort", abort, { once: true });
  try {
    const found = await follow(url, opening.signal);
    return { ...found, type: await typeOfAnswer(found.answer, opening.signal) };
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", abort);
  }
}

async function follow(first: HttpUrl, signal: AbortSignal): Promise<Omit<HttpStream, "type">> {
  let place = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { url } = place;
    const answer = await authorised(place, signal);
    const { statusCode: status = 0, headers } = answer.response;
    if (status >= 200 && status < 300) return { answer, url };
    await answer.close();
    if (!REDIRECTS.includes(status) || headers.location === undefined) throw httpStatusFailure(url, answer.response);
    place = redirectedHttpUrl(place, headers.location);
  }
  const message = `${first.url.href}: the server redirects more than ${MAX_REDIRECTS} times`;
  throw new StreamError("connect-failed", message);
}

/** The answer to whom the URL's credentials make of us, whatever its status, but for 401. */
async function authorised({ url, credentials, insecure }: HttpUrl, signal: AbortSignal): Promise<HttpAnswer> {
  const authorization = new ClientAuthorization(credentials);
  for (let tries = 1; ; tries++) {
    const value = authorization.header("GET", `${url.pathname}${url.search}`);
    const answer = await HttpAnswer.to({ url, insecure, authorization: value }, signal);
    if (answer.response.statusCode !== 401) return answer;
    await answer.close();
    const challenges = (answer.response.headersDistinct["www-authenticate"] ?? []).map(inUtf8);
    if (tries < MAX_TRIES && authorization.challenged(challenges)) continue;
    throw refusal(url, { challenges, hasCredentials: credentials !== undefined, wereSent: value !== undefined });
  }
}

/** Headers come with one letter for each byte. */
function inUtf8(value: string): string {
  return Buffer.from(value, "latin1").toString("utf8");
}

function refusal(
  url: URL,
  { challenges, hasCredentials, wereSent }: { challenges: string[]; hasCredentials: boolean; wereSent: boolean },
): StreamError {
  const offered = challenges.map((value) => {
    const { algorithm } = parseAuthHeader(value).parameters;
    return `${value.split(" ")[0]}${algorithm === undefined ? "" : ` ${algorithm}`}`;
  });
  const unknown = `the server wants a kind of authentication that is not known here (${serverText(offered.join(", "))})`;
  const missing = "the server wants a user name and a password; write both into the URL, before the host";
  const refused = wereSent ? "user name or password refused" : unknown;
  return new StreamError("unauthorized", `${url.href}: ${hasCredentials ? refused : missing}`, {
    details: { status: 401 },
  });
}
