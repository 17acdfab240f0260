import type { TelemetrySnapshot } from "./telemetry/telemetry-snapshot.js";

/** How a frame's pixels lie in memory, named as ffmpeg names it. */
export type PixelFormat = "rgb24" | "bgr24" | "rgba" | "gray" | "yuv420p" | "nv12";

/** Every {@link PixelFormat}, the default first. */
export const PIXEL_FORMATS = ["rgb24", "bgr24", "rgba", "gray", "yuv420p", "nv12"] as const;

const BYTES_PER_PIXEL = { rgb24: 3, bgr24: 3, rgba: 4, gray: 1 } as const;

/** Bytes of one picture without padding; the chroma planes of yuv420p and nv12 round odd sizes up. */
export function frameBytes(format: PixelFormat, width: number, height: number): number {
  if (format === "yuv420p" || format === "nv12") {
    return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  }
  return width * height * BYTES_PER_PIXEL[format];
}

/** Everything about a frame but its pixels. */
export interface FrameDetails {
  /** Pixels a row. */
  width: number;
  /** Rows. */
  height: number;
  pixelFormat: PixelFormat;
  /** Counts the frames that one Receiver gave out, from 0; a gap tells how many of them you did not see. */
  sequence: number;
  /** When the last byte of its access unit was here, monotonic milliseconds (`performance.now()`). */
  receivedAtMs: number;
  /** When its last pixel was here, monotonic milliseconds. */
  decodedAtMs: number;
  /**
   * When it was taken, in milliseconds since the epoch by the sender's clock; absent where neither a frame stamp nor the
   * transport (RTCP) tells.
   */
  capturedAt?: number;
  /** From capture to `decodedAtMs`; absent unless the sender's clock is known. */
  latencyMs?: number;
  /** How far `latencyMs` may be wrong either way: 0 where the sender's clock is ours; absent where that is absent. */
  latencyUncertaintyMs?: number;
  /**
   * What the sender told of its vehicle and machine nearest to `capturedAt`; absent without the option `telemetry`, and
   * where nothing is known within a second of it.
   */
  telemetry?: TelemetrySnapshot;
}

/**
 * One decoded picture. Its `data` is yours for as long as you hold it: nobody writes to it again, unless everybody who
 * was given this picture hands it back with `release()` (or `using`), which saves an allocation a frame. The listeners
 * of one `frame` event share their frame; every `read()` and every loop gets one of its own.
 */
export interface Frame extends FrameDetails, Disposable {
  /** Pixels, rows from top to bottom without padding: `width * height * 3` bytes for rgb24. */
  readonly data: Buffer;
  /** Gives the memory back for a later frame; do not touch `data` afterwards. Idempotent. */
  release(): void;
}

/**
 * One picture's pixels for any number of holders: each gets a frame of its own, and the memory goes back when all of
 * them, and the maker, have let go.
 */
export class SharedPicture {
  readonly details: FrameDetails;
  readonly #data: Buffer;
  readonly #recycle: (data: Buffer) => void;
  #holders = 1;

  constructor(details: FrameDetails, data: Buffer, recycle: (data: Buffer) => void) {
    this.details = details;
    this.#data = data;
    this.#recycle = recycle;
  }

  /** A frame for one holder. */
  take(): Frame {
    this.#holders++;
    let held = true;
    const release = (): void => {
      if (held) this.drop();
      held = false;
    };
    return { ...this.details, data: this.#data, release, [Symbol.dispose]: release };
  }

  /** The maker lets go. */
  drop(): void {
    if (--this.#holders === 0) this.#recycle(this.#data);
  }
}
