import type { FrameSink } from "../../../lib/chunked-udp/frame-assembler.js";

/** Remembers what an assembler gave. */
export class RecordingFrameSink implements FrameSink {
  readonly frames: Buffer[] = [];
  lostCount = 0;
  discardedBytes = 0;
  restarts = 0;

  frame(frame: Buffer): void {
    this.frames.push(frame);
  }

  lost(count: number): void {
    this.lostCount += count;
  }

  discarded(bytes: number): void {
    this.discardedBytes += bytes;
  }

  restarted(): void {
    this.restarts++;
  }
}
