import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { UnitSink } from "../../../lib/codecs/unit-sink.js";

/** A sink that keeps all it is given. */
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
}
