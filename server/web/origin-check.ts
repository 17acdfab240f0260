import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIPv6 } from "node:net";
import { HttpError } from "./http-error.js";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether nobody but this machine reaches what listens at this address, `localhost` or an IP address. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^::ffff:(?=[\d.]+$)/, "");
  return plain === "localhost" || LOOPBACK.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}

/** Which pages of other hosts may use the server, and by which names it may be called. */
export interface OriginCheckOptions {
  /** As browsers write them: `https://cockpit.example`. */
  allowedOrigins: readonly string[];
  /** Whether the server is bound to the loopback address. */
  loopback: boolean;
}

/**
 * Keeps pages of other hosts away. A browser names the page's origin in what it asks for; programs name none and pass.
 * @see RFC 6454, https://fetch.spec.whatwg.org/#origin-header
 */
export class OriginCheck {
  readonly #allowed: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string | undefined>;
  readonly #loopback: boolean;

  constructor({ allowedOrigins, loopback }: OriginCheckOptions) {
    this.#allowed = new Set(allowedOrigins);
    this.#hosts = new Set(allowedOrigins.map((origin) => hostnameOf(new URL(origin).host)));
    this.#loopback = loopback;
  }

  /** Whether this origin was allowed by the server's owner; not so where the page is our own. */
  allows(origin: string | undefined): boolean {
    return origin !== undefined && this.#allowed.has(origin);
  }

  /**
   * A page of another host may not change anything here, nor open a socket.
   * @throws HttpError 403
   */
  checkOrigin({ origin, host = "" }: IncomingHttpHeaders): void {
    if (origin === undefined || this.#allowed.has(origin) || isOfHost(origin, host)) return;
    throw new HttpError(403, `pages of ${JSON.stringify(origin.slice(0, 128))} are not allowed to do this`);
  }

  /**
   * A name that somebody else's name server leads to the loopback address makes their page look like one of ours.
   * @throws HttpError 403
   */
  checkHost({ host }: IncomingHttpHeaders): void {
    if (!this.#loopback || host === undefined) return;
    const name = hostnameOf(host);
    if (name !== undefined && (isLoopback(name) || this.#hosts.has(name))) return;
    throw new HttpError(403, "this server is only for its own machine: use localhost, 127.0.0.1 or [::1]");
  }
}

/** The scheme tells which port is left out as the usual one. */
function isOfHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return page.host !== "" && URL.canParse(own) && new URL(own).host === page.host;
}

function hostnameOf(host: string): string | undefined {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, "$1") : undefined;
}
