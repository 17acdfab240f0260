import type { LiveConfig, LiveHeader } from "../../server/web/live-protocol.js";
import type { Picture } from "./player.js";

/** How long the oldest picture may wait in the decoder. */
const MAX_WAIT_MS = 250;
/** What the server sent at once on joining is caught up with by then, from the first picture on. */
const CATCH_UP_MS = 1_500;
/** No stream reorders more pictures; what has not come out by then never will. @see ITU-T H.264 annex A, MaxDpbFrames */
const MAX_REORDERED = 16;
/** Errors in a row after which another transport is better. */
const MAX_ERRORS = 3;

interface Waiting {
  timestamp: number;
  capturedAtMs: number | null;
  sinceMs: number;
}

/** What a {@link FrameDecoder} works with. */
export interface FrameDecoderOptions {
  onPicture(picture: Picture): void;
  /** It decodes nothing more. */
  onFailure(reason: string): void;
}

/**
 * Decodes H.264 or H.265 in Annex B, or VP8. Each picture is handed on in the decoder's own callback, the moment that it is there.
 * A decoder that is too slow is emptied and goes on at the next keyframe, so that it never falls behind; so does one that
 * met with an error.
 * @see https://www.w3.org/TR/webcodecs/, https://www.w3.org/TR/webcodecs-avc-codec-registration/
 */
export class FrameDecoder {
  /** Pictures that were not decoded. */
  dropped = 0;
  readonly #options: FrameDecoderOptions;
  #config: VideoDecoderConfig | undefined;
  #decoder: VideoDecoder | undefined;
  /** What is in the decoder, the oldest first. */
  #waiting: Waiting[] = [];
  /** It may be behind until then: a decoder takes its time to begin, and has a group of pictures to catch up with. */
  #patientUntilMs = 0;
  #hasShown = false;
  #timestamp = 0;
  #errors = 0;

  constructor(options: FrameDecoderOptions) {
    this.#options = options;
  }

  /** What comes next is of this kind; it begins with a keyframe. */
  configure({ codec }: LiveConfig): void {
    this.#config = { codec, optimizeForLatency: true };
    this.#discard();
  }

  /** Takes the next picture. */
  decode(header: LiveHeader, data: Uint8Array<ArrayBuffer>): void {
    if (this.#isBehind()) this.#discard();
    if (!this.#decoder && header.keyframe) this.#begin();
    if (this.#decoder?.state !== "configured") {
      this.dropped++;
      return;
    }
    // Its own count, since the stream's times may repeat or go back.
    const timestamp = this.#timestamp++;
    this.#waiting.push({ timestamp, capturedAtMs: header.capturedAtMs, sinceMs: performance.now() });
    this.#decoder.decode(new EncodedVideoChunk({ type: header.keyframe ? "key" : "delta", timestamp, data }));
  }

  /** Idempotent. */
  close(): void {
    this.#config = undefined;
    this.#discard();
  }

  #begin(): void {
    if (!this.#config) return;
    const decoder = new VideoDecoder({
      output: (frame) => this.#show(frame),
      error: (error) => {
        if (decoder === this.#decoder) this.#fail(error.message);
      },
    });
    decoder.configure(this.#config);
    this.#decoder = decoder;
    this.#hasShown = false;
    // One that never begins is noticed by whoever waits for pictures.
    this.#patientUntilMs = Number.POSITIVE_INFINITY;
  }

  #show(frame: VideoFrame): void {
    const waited = this.#waiting.find(({ timestamp }) => timestamp === frame.timestamp);
    this.#waiting = this.#waiting.filter(
      ({ timestamp }) => timestamp !== frame.timestamp && timestamp > frame.timestamp - MAX_REORDERED,
    );
    this.#errors = 0;
    if (!this.#hasShown) this.#patientUntilMs = performance.now() + CATCH_UP_MS;
    this.#hasShown = true;
    if (this.#waiting.length === 0) this.#patientUntilMs = 0;
    const { displayWidth: width, displayHeight: height } = frame;
    this.#options.onPicture({ image: frame, width, height, capturedAtMs: waited?.capturedAtMs ?? null });
    frame.close();
  }

  #isBehind(): boolean {
    const nowMs = performance.now();
    const [oldest] = this.#waiting;
    if (nowMs < this.#patientUntilMs || !oldest) return false;
    // A stream that reorders keeps some pictures back, which is no reason to begin anew.
    return nowMs - oldest.sinceMs > MAX_WAIT_MS && (this.#decoder?.decodeQueueSize ?? 0) > 0;
  }

  #fail(reason: string): void {
    this.#discard();
    if (++this.#errors >= MAX_ERRORS) this.#options.onFailure(`the browser cannot decode it: ${reason}`);
  }

  /** Waits for a keyframe. */
  #discard(): void {
    this.dropped += this.#waiting.length;
    this.#waiting = [];
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = undefined;
  }
}
