import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { once } from "node:events";

/**
 * The first address of a name; an address is its own. The system's search cannot be broken off and takes up to half a
 * minute, but nobody waits for it any more once `signal` aborts: then this rejects with its reason.
 */
export function lookUpHost(host: string, signal: AbortSignal): Promise<LookupAddress> {
  return unlessAborted(() => lookup(host), signal);
}

/** Every address of a name, one at least, as {@link lookUpHost} gives the first. */
export function lookUpAddresses(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  return unlessAborted(() => lookup(host, { all: true }), signal);
}

async function unlessAborted<Found>(search: () => Promise<Found>, signal: AbortSignal): Promise<Found> {
  signal.throwIfAborted();
  const found = new AbortController();
  const aborted = once(signal, "abort", { signal: found.signal }).then(() => Promise.reject(signal.reason));
  try {
    return await Promise.race([search(), aborted]);
  } finally {
    found.abort();
  }
}
