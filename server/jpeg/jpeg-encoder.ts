import { type ChildProcess, startChildProcess } from "../../lib/child-process.js";
import type { Clock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { type StreamParameters, streamParameters } from "../../lib/codecs/stream-parameters.js";
import type { StreamError } from "../../lib/errors.js";
import { type UnitDetails, UnitFeed } from "../../lib/ffmpeg/unit-feed.js";
import { NutDemuxer } from "../../lib/nut/demuxer.js";
import { jpegArguments } from "./jpeg-arguments.js";

/** Over this much waiting in front of the child, the rest of the group of pictures is left out. */
const MOST_QUEUED_BYTES = 8 * 1024 * 1024;
/** The same for a child whose oldest picture is this late. */
const MOST_BEHIND_MS = 500;

/** How a {@link JpegEncoder} is started. */
export interface JpegEncoderOptions {
  ffmpegPath: string;
  /** 1 to 100. */
  quality: number;
  clock: Clock;
  /** A JPEG and the unit that it was made of, in display order. */
  onPicture(data: Buffer, unit: AccessUnit): void;
  /** A unit was left out because encoding is slower than the stream. */
  onDropped(): void;
}

/** One ffmpeg that makes JPEGs of one stream's access units, until it is ended or dies. */
export class JpegEncoder {
  /** Of the keyframe that it began with. */
  readonly parameters: StreamParameters | undefined;
  /** Resolves when the child is gone: with what went wrong, unless it was asked to end. */
  readonly exited: Promise<StreamError | undefined>;
  readonly #options: JpegEncoderOptions;
  readonly #child: ChildProcess;
  readonly #feed: UnitFeed;
  readonly #details: UnitDetails;
  /** Of the group of pictures so far: they would be seen in quick motion. */
  readonly #past: WeakSet<AccessUnit>;
  /** When the last picture came out, monotonic milliseconds; undefined before the first. */
  #pictureAtMs: number | undefined;
  #needsKeyframe = false;
  #asked = false;
  #damage: StreamError | undefined;

  /** @param units the current group of pictures, a keyframe first; only the picture of the last one comes out */
  constructor(units: readonly [AccessUnit, ...AccessUnit[]], options: JpegEncoderOptions) {
    const [keyframe] = units;
    const { ffmpegPath: command, quality, clock } = options;
    this.#options = options;
    this.parameters = streamParameters(keyframe);
    const { width = 0, height = 0, reorders = false } = this.parameters ?? {};
    this.#details = { size: keyframe.size ?? { width, height }, reorders };
    const last = units.at(-1) as AccessUnit;
    this.#past = new WeakSet(units.slice(0, -1));
    const fromMs = reorders ? last.mediaTimeMs : last.receivedAtMs;
    // Guessed by ffmpeg they may go back, which no container takes.
    const times = fromMs === undefined ? { untimed: true } : { fromUs: Math.round(fromMs * 1_000) };
    const args = jpegArguments({ codec: keyframe.codec, quality, ...times });
    this.#child = startChildProcess({ command, args, signal: new AbortController().signal });
    this.#feed = new UnitFeed(this.#child.stdin, clock);
    this.#readPictures();
    this.exited = this.#child.exited.then((exit) =>
      this.#asked ? undefined : (this.#damage ?? this.#child.failure(exit)),
    );
    for (const unit of units) this.#feed.write(unit, this.#details);
  }

  /** Whether a picture came out. */
  get begun(): boolean {
    return this.#pictureAtMs !== undefined;
  }

  /** For how long it has given nothing while a picture was due, in milliseconds. A slow one is late, but not silent. */
  get silentMs(): number {
    return Math.min(this.#lateMs, this.#options.clock.now() - (this.#pictureAtMs ?? Number.NEGATIVE_INFINITY));
  }

  /** Takes the stream's next unit; when the child cannot keep up it is left out, and so are all to the next keyframe. */
  encode(unit: AccessUnit): void {
    if (this.#isBehind()) this.#needsKeyframe = true;
    else if (unit.keyframe) this.#needsKeyframe = false;
    if (this.#needsKeyframe) this.#options.onDropped();
    else this.#feed.write(unit, this.#details);
  }

  /** Ends the child now; resolves when it is gone. Idempotent. */
  async end(): Promise<void> {
    this.#asked = true;
    // It holds nothing that must be saved, and a stopped or hung one listens to no other signal.
    this.#child.kill();
    await this.exited;
  }

  /** Loading ffmpeg takes its time: before the first picture only the bytes count. */
  #isBehind(): boolean {
    return this.#feed.queuedBytes > MOST_QUEUED_BYTES || (this.begun && this.#lateMs > MOST_BEHIND_MS);
  }

  /** For how long the oldest picture has been due, in milliseconds; 0 where none is. */
  get #lateMs(): number {
    const { dueSinceMs } = this.#feed.pending;
    return dueSinceMs === undefined ? 0 : this.#options.clock.now() - dueSinceMs;
  }

  #readPictures(): void {
    const demuxer = new NutDemuxer({
      stream: () => {},
      packet: ({ data, ptsMs }) => {
        this.#pictureAtMs = this.#options.clock.now();
        const pending = this.#feed.pending.take(Math.round(ptsMs * 1_000));
        if (pending && !this.#past.has(pending.unit) && !this.#asked) this.#options.onPicture(data, pending.unit);
      },
    });
    this.#child.stdout.on("data", (chunk: Buffer) => {
      if (this.#damage) return;
      try {
        demuxer.push(chunk);
      } catch (error) {
        this.#damage = error as StreamError;
        this.#child.kill();
      }
    });
  }
}
