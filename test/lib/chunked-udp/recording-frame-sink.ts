import type { FrameSink } from "../../../lib/chunked-udp/frame-assembler.js";

/** Remembers what an assembler gave. */
export class RecordingFrameSink implements FrameSink {
  readonly frames: Buffer[] = [];
  lostCount = 0;
  discardedBytes = 0;
  restarts = 0;

  /** The letter that each frame consists of, and its length; `mixed` where it is of more than one. */
  get pictures(): string[] {
    return this.frames.map((frame) => {
      const letter = frame.toString("latin1", 0, 1);
      return `${frame.equals(Buffer.alloc(frame.length, letter)) ? letter : "mixed"} ${frame.length}`;
    });
  }

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
