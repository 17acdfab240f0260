import { BlockList, isIP, isIPv6 } from "node:net";
import { SharedToken } from "../shared-token.js";
import { isInList, isPrivateAddress } from "./client-address.js";

/** Who may watch. */
export interface AdmissionRules {
  /** What everybody must know whose address is not allowed by itself; absent: nobody needs to. */
  token?: string;
  /** Addresses and networks, as 192.0.2.7 and 192.0.2.0/24, which need no token. */
  allowed: readonly string[];
}

/**
 * Decides who may watch: an allowed address always; any other by the token, where there is one; without one, those of
 * private networks.
 */
export class Admission {
  readonly #token: SharedToken | undefined;
  readonly #allowed = new BlockList();

  /** @param rules networks as {@link isNetwork} takes them */
  constructor({ token, allowed }: AdmissionRules) {
    this.#token = token === undefined ? undefined : new SharedToken(token);
    for (const network of allowed) {
      const [address = "", bits] = network.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      if (bits === undefined) this.#allowed.addAddress(address, family);
      else this.#allowed.addSubnet(address, Number(bits), family);
    }
  }

  /**
   * Why somebody may not watch; undefined: they may.
   * @param address plain
   * @param token what they sent
   */
  refusal(address: string, token: string | undefined): string | undefined {
    if (isInList(this.#allowed, address)) return undefined;
    if (this.#token) {
      if (this.#token.allows(token)) return undefined;
      return token === undefined ? "it sends no token" : "its token is wrong";
    }
    return isPrivateAddress(address) ? undefined : "it is on a public network, which needs token= or allow=";
  }
}

/** Whether it is an address or a network of IPv4 or IPv6. */
export function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more !== undefined || address.includes("%")) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}
