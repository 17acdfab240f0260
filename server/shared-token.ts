import { createHash, timingSafeEqual } from "node:crypto";

/** A secret that strangers must know: cameras to push, or viewers to watch. */
export class SharedToken {
  readonly #digest: Buffer | undefined;

  /** @param token undefined: nobody needs to know one */
  constructor(token: string | undefined) {
    this.#digest = token === undefined ? undefined : digest(token);
  }

  /** Whether it is right, in a time that does not tell how much of it is. @param given anything that a stranger sent */
  allows(given: unknown): boolean {
    if (!this.#digest) return true;
    return typeof given === "string" && timingSafeEqual(digest(given), this.#digest);
  }

  /** Whether a header `Authorization` has it. @see RFC 6750 section 2.1 */
  allowsHeader(authorization: string | undefined): boolean {
    return this.allows(/^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]);
  }
}

/** Of equal length whatever the text. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
