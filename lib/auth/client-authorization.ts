import { randomBytes } from "node:crypto";
import { type AuthHeader, parseAuthHeader, quoted } from "./auth-header.js";
import type { Credentials } from "./credentials.js";
import { DIGEST_ALGORITHMS, type DigestAlgorithm, digestResponse } from "./digest.js";

/** Challenges that can be answered, the best first. */
const PREFERENCE = ["digest SHA-256", "digest MD5", "basic"];

/**
 * Answers a server's challenges: Digest with SHA-256 or MD5, with and without `qop`, and Basic, the best that it offers.
 * @see RFC 7616, RFC 7617, RFC 2326 section 14
 */
export class ClientAuthorization {
  readonly #credentials: Credentials | undefined;
  #challenge: AuthHeader | undefined;
  #nonceCount = 0;
  /** The present challenge was answered to the server's liking. */
  #accepted = false;

  constructor(credentials: Credentials | undefined) {
    this.#credentials = credentials;
  }

  /** A request was let through. */
  accepted(): void {
    this.#accepted = true;
  }

  /**
   * A response was 401; gives whether asking again can help: it is the first challenge, or the server finds the nonce
   * too old.
   * @param challenges the values of its `WWW-Authenticate` headers
   */
  challenged(challenges: readonly string[]): boolean {
    // Some servers put all of them into one header.
    const texts = challenges.flatMap((text) => text.split(/,\s*(?=(?:basic|digest)\s)/i));
    const offered = texts.map(parseAuthHeader);
    const best = PREFERENCE.flatMap((kind) => offered.filter((challenge) => kindOf(challenge) === kind))[0];
    if (!best || !this.#credentials) return false;
    // Some servers forget to say `stale`; what they took before they will take again.
    const isStale = best.parameters.stale?.toLowerCase() === "true" || this.#accepted;
    const isFirst = this.#challenge === undefined;
    this.#challenge = best;
    this.#nonceCount = 0;
    this.#accepted = false;
    return isFirst || isStale;
  }

  /** The `Authorization` header for a request; undefined before there was a challenge. */
  header(method: string, uri: string): string | undefined {
    if (!this.#challenge || !this.#credentials) return undefined;
    const { username, password } = this.#credentials;
    if (this.#challenge.scheme === "basic") {
      return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
    }
    return this.#digest(this.#challenge, { method, uri, username, password });
  }

  #digest(challenge: AuthHeader, request: { method: string; uri: string } & Credentials): string {
    const { realm = "", nonce = "", opaque, qop: offered, algorithm: named } = challenge.parameters;
    const { method, uri, username, password } = request;
    const algorithm = algorithmOf(challenge) ?? "MD5";
    const wantsQop = offered?.split(",").some((word) => word.trim().toLowerCase() === "auth") ?? false;
    this.#nonceCount++;
    const qop = wantsQop
      ? { nonceCount: this.#nonceCount.toString(16).padStart(8, "0"), clientNonce: randomBytes(8).toString("hex") }
      : undefined;
    const response = digestResponse({
      ...{ algorithm, username, realm, password, nonce, method, uri },
      ...(qop && { qop }),
    });
    const fields = [
      ...[`username=${quoted(username)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`],
      `response="${response}"`,
    ];
    if (named !== undefined) fields.push(`algorithm=${algorithm}`);
    if (opaque !== undefined) fields.push(`opaque=${quoted(opaque)}`);
    if (qop) fields.push("qop=auth", `nc=${qop.nonceCount}`, `cnonce="${qop.clientNonce}"`);
    return `Digest ${fields.join(", ")}`;
  }
}

function kindOf(challenge: AuthHeader): string {
  return challenge.scheme === "digest" ? `digest ${algorithmOf(challenge)}` : challenge.scheme;
}

function algorithmOf({ parameters }: AuthHeader): DigestAlgorithm | undefined {
  const name = (parameters.algorithm ?? "MD5").toUpperCase();
  return Object.keys(DIGEST_ALGORITHMS).find((known): known is DigestAlgorithm => known === name);
}
