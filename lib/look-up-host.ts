import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { once } from "node:events";

/**
 * The first address of a name; an address is its own. The system's search cannot be broken off and takes up to half a
 * minute, but nobody waits for it any more once `signal` aborts: then this rejects with its reason.
 */
export async function lookUpHost(host: string, signal: AbortSignal): Promise<LookupAddress> {
  signal.throwIfAborted();
  const found = new AbortController();
  const aborted = once(signal, "abort", { signal: found.signal }).then(() => Promise.reject(signal.reason));
  try {
    return await Promise.race([lookup(host), aborted]);
  } finally {
    found.abort();
  }
}
