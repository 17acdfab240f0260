import type { LiveTransport } from "../../server/web/live-protocol.js";

/** A transport that failed so often without a picture makes room for the next. */
const MAX_FAILURES = 2;

/** Remembers which transports did not bring a picture, and chooses the best of the others. */
export class TransportChoice {
  readonly #failures = new Map<LiveTransport, number>();

  /** @param available the best first; undefined where there is none */
  choose(available: readonly LiveTransport[]): LiveTransport | undefined {
    const good = available.find((transport) => (this.#failures.get(transport) ?? 0) < MAX_FAILURES);
    // When all have failed the reason lies elsewhere, and the best is as good as any.
    if (good === undefined) this.reset();
    return good ?? available[0];
  }

  /** It ended before its first picture; gives whether another is tried next. */
  failed(transport: LiveTransport): boolean {
    const failures = (this.#failures.get(transport) ?? 0) + 1;
    this.#failures.set(transport, failures);
    return failures === MAX_FAILURES;
  }

  /** It brought a picture. */
  worked(transport: LiveTransport): void {
    this.#failures.delete(transport);
  }

  /** Forgets all failures. */
  reset(): void {
    this.#failures.clear();
  }
}
