import type { CameraTime } from "../../server/web/live-protocol.js";

const TICKS_PER_MS = 90;
/** The server tells of one picture a second; the time between taking and stamping it varies. */
const KEPT = 5;
/** Beyond that the stream's time has begun anew. */
const JUMP_MS = 1_000;

/** Tells when a camera's pictures were taken by their RTP timestamps, from what the server tells of some of them. */
export class CaptureTimes {
  #known: { rtpTimestamp: number; capturedAtMs: number }[] = [];

  /** Whether the server knows when pictures are taken. */
  get isKnown(): boolean {
    return this.#known.length > 0;
  }

  /** Takes what the server tells of one picture. */
  add({ rtpTimestamp, capturedAtMs }: CameraTime): void {
    if (capturedAtMs === null) {
      this.#known = [];
      return;
    }
    const expectedMs = this.of(rtpTimestamp);
    if (expectedMs !== null && Math.abs(expectedMs - capturedAtMs) > JUMP_MS) this.#known = [];
    this.#known = [...this.#known, { rtpTimestamp, capturedAtMs }].slice(-KEPT);
  }

  /** When the picture with this timestamp was taken, by the server's clock: what most say; null: not known. */
  of(rtpTimestamp: number): number | null {
    // 32 bits that wrap: the difference is at most half of them, either way.
    const times = this.#known.map((known) => {
      return known.capturedAtMs + ((rtpTimestamp - known.rtpTimestamp) | 0) / TICKS_PER_MS;
    });
    times.sort((one, other) => one - other);
    return times[Math.floor((times.length - 1) / 2)] ?? null;
  }
}
