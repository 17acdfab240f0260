import { createHash } from "node:crypto";

/** The algorithms of Digest that are used with RTSP, by the names that headers give them. */
export const DIGEST_ALGORITHMS = { "SHA-256": "sha256", MD5: "md5" } as const;
export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS;

/** What a digest is made of. */
export interface DigestParts {
  algorithm: DigestAlgorithm;
  username: string;
  realm: string;
  password: string;
  nonce: string;
  method: string;
  uri: string;
  /** Absent where the server asks for no quality of protection, as RFC 2069 had it. */
  qop?: { nonceCount: string; clientNonce: string };
}

/** The `response` of Digest, in hexadecimal. @see RFC 7616 section 3.4.1, RFC 2617 section 3.2.2 */
export function digestResponse(parts: DigestParts): string {
  const { username, realm, password, nonce, method, uri, qop } = parts;
  const hash = (text: string): string =>
    createHash(DIGEST_ALGORITHMS[parts.algorithm]).update(text, "utf8").digest("hex");
  const secret = hash(`${username}:${realm}:${password}`);
  const request = hash(`${method}:${uri}`);
  if (!qop) return hash(`${secret}:${nonce}:${request}`);
  return hash(`${secret}:${nonce}:${qop.nonceCount}:${qop.clientNonce}:auth:${request}`);
}
