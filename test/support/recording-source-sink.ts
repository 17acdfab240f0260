import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { SourceSink } from "../../lib/sources/source.js";
import { RecordingSink } from "./recording-sink.js";

/** Remembers what a source gave. */
export class RecordingSourceSink extends RecordingSink implements SourceSink {
  /** Called with each unit, after it was noted. */
  onUnit: (unit: AccessUnit) => void = () => {};
  byteCount = 0;

  override unit(unit: AccessUnit): void {
    super.unit(unit);
    this.onUnit(unit);
  }

  bytes(count: number): void {
    this.byteCount += count;
  }

  connected(): void {}

  live(): void {}

  restarted(): void {}
}
