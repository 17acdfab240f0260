import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.js";
import { type AuthHeader, parseAuthHeader, quoted } from "./auth-header.js";
import type { Credentials } from "./credentials.js";
import { type DigestAlgorithm, digestResponse } from "./digest.js";

const REALM = "glasslink";
/** After this time a client has to answer a new challenge, which it does by itself. */
const NONCE_LIFE_MS = 3_600_000;
/** ffmpeg and mpv know MD5 only and take the last Digest line: the best comes first, MD5 last. */
const OFFERED: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];

/** What a request's credentials are worth. */
export type Verdict = "granted" | "refused" | "stale";

/**
 * Lets in who knows the one user name and password, by Digest or Basic. Nonces are signed, not stored: a flood of
 * requests costs no memory.
 * @see RFC 7616, RFC 7617
 */
export class Authenticator {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #secret = randomBytes(32);

  constructor(credentials: Credentials, clock: Clock) {
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** The values of `WWW-Authenticate`. */
  challenges(stale: boolean): string[] {
    const nonce = this.#nonce(Math.round(this.#clock.now()));
    const digests = OFFERED.map((algorithm) => {
      const fields = [`realm=${quoted(REALM)}`, `nonce="${nonce}"`, 'qop="auth"', `algorithm=${algorithm}`];
      if (stale) fields.push("stale=true");
      return `Digest ${fields.join(", ")}`;
    });
    // Digest comes first and MD5 last among them; Basic is for those that know nothing else.
    return [...digests.slice(0, -1), `Basic realm=${quoted(REALM)}`, ...digests.slice(-1)];
  }

  /** @param authorization the header of that name, undefined where a request has none */
  verify(method: string, authorization: string | undefined): Verdict {
    if (authorization === undefined) return "refused";
    const header = parseAuthHeader(authorization);
    if (header.scheme === "basic") return this.#verifyBasic(header.token);
    return header.scheme === "digest" ? this.#verifyDigest(method, header) : "refused";
  }

  #verifyBasic(token: string): Verdict {
    const { username, password } = this.#credentials;
    return equal(Buffer.from(token, "base64").toString("utf8"), `${username}:${password}`) ? "granted" : "refused";
  }

  #verifyDigest(method: string, { parameters }: AuthHeader): Verdict {
    const { nonce = "", uri = "", response = "", nc = "", cnonce = "", qop } = parameters;
    const algorithm = OFFERED.find((name) => name === (parameters.algorithm ?? "MD5").toUpperCase());
    const issuedAtMs = Number(/^(\d{1,15})-/.exec(nonce)?.[1]);
    if (!algorithm || parameters.username !== this.#credentials.username) return "refused";
    if (!equal(nonce, this.#nonce(issuedAtMs))) return "stale";
    const expected = digestResponse({
      ...{ algorithm, ...this.#credentials, realm: REALM, nonce, method, uri },
      ...(qop !== undefined && { qop: { nonceCount: nc, clientNonce: cnonce } }),
    });
    if (!equal(response.toLowerCase(), expected)) return "refused";
    return this.#clock.now() - issuedAtMs > NONCE_LIFE_MS ? "stale" : "granted";
  }

  #nonce(issuedAtMs: number): string {
    return `${issuedAtMs}-${createHmac("sha256", this.#secret).update(String(issuedAtMs)).digest("hex").slice(0, 32)}`;
  }
}

/** In a time that does not tell how much is right. */
function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
