import { createHash } from "node:crypto";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { UnitSink } from "../../lib/codecs/unit-sink.js";

/** Remembers what a parser found. */
export class RecordingSink implements UnitSink {
  readonly units: AccessUnit[] = [];
  lostCount = 0;
  discardedBytes = 0;

  unit(unit: AccessUnit): void {
    this.units.push(unit);
  }

  lost(count: number): void {
    this.lostCount += count;
  }

  discarded(bytes: number): void {
    this.discardedBytes += bytes;
  }

  /** Length and checksum of every unit's data, which compare quickly and print shortly. */
  get data(): string[] {
    return fingerprints(this.units);
  }
}

/** What {@link RecordingSink.data} gives, for any access units. */
export function fingerprints(units: readonly AccessUnit[]): string[] {
  return units.map(({ data }) => `${data.length}:${createHash("sha1").update(data).digest("hex")}`);
}
