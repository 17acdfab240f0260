import type { Clock, Timer } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { chooseFfmpeg } from "../../lib/ffmpeg/locate.js";
import type { Logger } from "../../lib/logger.js";
import { FailureLog } from "../failure-log.js";
import type { Hub, HubClient } from "../hub.js";
import type { StreamStatus } from "../stream-status.js";
import type { JpegPicture } from "./jpeg-picture.js";
import { JpegTranscoder } from "./jpeg-transcoder.js";

/** Who loads a page anew is back before the encoder has to be started anew. */
const GRACE_MS = 3_000;

/** What a {@link JpegFeed} needs of a camera. */
export interface JpegCamera {
  /** Names it to people. */
  readonly id: string;
  readonly hub: Hub;
  readonly status: StreamStatus;
  /** Access units that nobody was given because making JPEGs of them was too slow. */
  droppedUnits: number;
  /** When a unit's picture was taken, milliseconds since the epoch by this machine's clock; undefined: not known. */
  capturedAtMs(unit: AccessUnit): number | undefined;
}

/** Whoever takes a camera's pictures as JPEG. */
export interface JpegViewer {
  /** The next picture; its bytes are shared with every other viewer. */
  picture(picture: JpegPicture): void;
  /** There will be no more: for a reason that no retry can mend, or because the camera is gone (`closed`). */
  ended(error: StreamError): void;
}

/** What a {@link JpegFeed} works with. */
export interface JpegFeedOptions {
  camera: JpegCamera;
  clock: Clock;
  logger: Logger;
  /** Of pictures that are coded here, 1 to 100. */
  quality: number;
  /** As for `locateFfmpeg`. */
  ffmpegPath?: string;
}

/**
 * A camera's pictures as JPEG, for any number of viewers: those of an MJPEG camera as they are, those of any other made
 * by one ffmpeg, which runs while somebody watches.
 */
export class JpegFeed implements HubClient {
  readonly #options: JpegFeedOptions;
  readonly #viewers = new Set<JpegViewer>();
  readonly #failures: FailureLog;
  #running = false;
  /** Undefined before the first picture, and once the camera is lost. */
  #newest: JpegPicture | undefined;
  #transcoder: JpegTranscoder | undefined;
  /** Transcoders that were closed and are not gone yet. */
  readonly #leaving = new Set<Promise<void>>();
  #grace: Timer | undefined;
  #toldEnd: string | undefined;
  readonly #onStatus = (): void => {
    if (this.#options.camera.status.state.name === "lost") this.#newest = undefined;
  };

  constructor(options: JpegFeedOptions) {
    this.#options = options;
    const { camera, logger } = options;
    this.#failures = new FailureLog((error) =>
      logger.warn({ camera: camera.id }, `making JPEGs: ${error.message}; starting it again`),
    );
  }

  /** Who takes its pictures now, or waits for one. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** Adds a viewer, which is given the newest picture at once, where there is one, and every later one. */
  join(viewer: JpegViewer): void {
    this.#viewers.add(viewer);
    this.#grace?.cancel();
    if (!this.#running) this.#start();
    else if (this.#newest) viewer.picture(this.#newest);
  }

  /** Removes one; one that is not there is no error. */
  leave(viewer: JpegViewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    this.#grace = this.#options.clock.after(GRACE_MS, () => this.#stop());
  }

  /** The camera's next unit. */
  unit(unit: AccessUnit): void {
    if (unit.codec === "mjpeg") {
      this.#dropTranscoder();
      this.#publish(unit.data, unit);
      return;
    }
    if (this.#transcoder) this.#transcoder.unit(unit);
    else if (unit.keyframe) this.#transcode();
  }

  /** Sends everybody off; resolves when every child is gone. Idempotent. */
  async close(): Promise<void> {
    this.#end(new StreamError("closed", "the camera is gone"));
    await Promise.all(this.#leaving);
  }

  #start(): void {
    const { hub, status } = this.#options.camera;
    this.#running = true;
    hub.add(this);
    status.on("change", this.#onStatus);
    const last = hub.gop.units().at(-1);
    if (last?.codec === "mjpeg") this.#publish(last.data, last);
    else if (last) this.#transcode();
  }

  #stop(): void {
    const { hub, status } = this.#options.camera;
    this.#running = false;
    hub.remove(this);
    status.off("change", this.#onStatus);
    this.#newest = undefined;
    this.#dropTranscoder();
  }

  /** It begins with the group of pictures so far, which has the unit that was just published. */
  #transcode(): void {
    const { camera, clock, quality, ffmpegPath } = this.#options;
    const transcoder = new JpegTranscoder({
      ...{ ffmpegPath: chooseFfmpeg(ffmpegPath), quality, clock, gop: camera.hub.gop },
      onPicture: (data, unit) => {
        if (transcoder !== this.#transcoder) return;
        this.#failures.recovered();
        this.#publish(data, unit);
      },
      onDropped: () => {
        camera.droppedUnits += 1;
      },
      onFailure: (error) => this.#failures.failed(error),
    });
    this.#transcoder = transcoder;
    void transcoder.ended.then((error) => {
      if (error && transcoder === this.#transcoder) this.#failed(error);
    });
  }

  #dropTranscoder(): void {
    const transcoder = this.#transcoder;
    this.#transcoder = undefined;
    if (!transcoder) return;
    const gone = transcoder.close().then(() => void this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }

  /** Who asks again has it tried again. */
  #failed(error: StreamError): void {
    const { camera, logger } = this.#options;
    // Anybody can ask as often as they like.
    if (this.#toldEnd !== error.message) logger.error({ camera: camera.id }, `cannot make JPEGs: ${error.message}`);
    this.#toldEnd = error.message;
    this.#end(error);
  }

  #end(error: StreamError): void {
    const viewers = [...this.#viewers];
    this.#viewers.clear();
    this.#grace?.cancel();
    this.#stop();
    for (const viewer of viewers) viewer.ended(error);
  }

  #publish(data: Buffer, unit: AccessUnit): void {
    const { camera, clock } = this.#options;
    const { receivedAtMs } = unit;
    const capturedAtMs = camera.capturedAtMs(unit) ?? clock.wallNow() - (clock.now() - receivedAtMs);
    this.#newest = { data, capturedAtMs, receivedAtMs };
    for (const viewer of this.#viewers) viewer.picture(this.#newest);
  }
}
