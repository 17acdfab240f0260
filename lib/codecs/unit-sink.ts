import type { AccessUnit } from "./access-unit.js";

/**
 * Where every parser of bytes writes what it found. Calls are synchronous and come in stream order; a sink
 * must not throw and must not call the parser back.
 */
export interface UnitSink {
  /** One whole access unit. The sink owns it from here on. */
  unit(unit: AccessUnit): void;
  /** `count` access units are known to be missing from the stream at this point: damaged, or never arrived. */
  lost(count: number): void;
  /** `bytes` bytes were thrown away: noise, a damaged access unit, or one too big to hold. */
  discarded(bytes: number): void;
}
