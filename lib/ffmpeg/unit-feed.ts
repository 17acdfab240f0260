import type { Writable } from "node:stream";
import type { Clock } from "../clock.js";
import type { AccessUnit } from "../codecs/access-unit.js";
import { fourccOf } from "../codecs/fourcc.js";
import { ivfFrameHeader, ivfHeader } from "../codecs/ivf.js";
import { PendingUnits } from "./pending-units.js";

/** What a decoder is told of a unit. */
export interface UnitDetails {
  /** Pixels; 0 where they are not known. */
  size: { width: number; height: number };
  /** Whether pictures may be coded in another order than shown. */
  reorders: boolean;
}

/**
 * Feeds access units to a child that reads IVF on its stdin: packets, whole and with a timestamp each, so that no parser
 * waits for what comes next.
 */
export class UnitFeed {
  /** Those that went in and whose pictures are not out. */
  readonly pending: PendingUnits;
  readonly #stdin: Writable;
  #begun = false;

  constructor(stdin: Writable, clock: Clock) {
    this.#stdin = stdin;
    this.pending = new PendingUnits(clock);
  }

  /** Whether the child was given anything. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Bytes that wait in front of the child. */
  get queuedBytes(): number {
    return this.#stdin.writableLength;
  }

  /** Takes a unit; the first one tells the child what follows, and must be a keyframe. */
  write(unit: AccessUnit, { size, reorders }: UnitDetails): void {
    const stdin = this.#stdin;
    if (stdin.destroyed || stdin.writableEnded) return;
    const timestamp = this.pending.add(unit, reorders);
    stdin.cork();
    if (!this.#begun) {
      stdin.write(ivfHeader({ fourcc: fourccOf(unit), ...size }));
      this.#begun = true;
    }
    stdin.write(ivfFrameHeader(unit.data.length, BigInt(timestamp)));
    stdin.write(unit.data);
    stdin.uncork();
  }
}
