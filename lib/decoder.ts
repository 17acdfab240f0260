import type { Clock } from "./clock.js";
import type { AccessUnit } from "./codecs/access-unit.js";
import { type StreamParameters, sameParameters, streamParameters } from "./codecs/stream-parameters.js";
import { StreamError } from "./errors.js";
import { type DecodedPicture, DecoderProcess } from "./ffmpeg/decoder-process.js";
import type { PictureOptions } from "./ffmpeg/picture-options.js";

/** Over this much waiting in front of the child it is too slow, and the rest of the group of pictures is dropped. */
const MOST_QUEUED_BYTES = 8 * 1024 * 1024;
const MOST_BEHIND_MS = 1_000;
/** Loading ffmpeg and waking up an accelerator takes its time; after the first picture, silence means trouble. */
const LONGEST_START_MS = 10_000;
const MOST_WAITING_UNITS = 600;
/** A child that was told to end has this long to hand out what it holds. */
const LONGEST_LEAVE_MS = 2_000;
const MOST_LEAVING = 2;
/** Deaths without a picture that `auto` is forgiven: drivers that crash do so every time. */
const MOST_BARREN = 2;

/** What a {@link Decoder} tells its owner. */
export interface DecoderSink {
  /** A picture, in display order. */
  picture(picture: DecodedPicture): void;
  /** Units that were not decoded because decoding is slower than the stream. */
  dropped(units: number): void;
  /** The stream's format is known, or has changed. */
  parameters(parameters: StreamParameters): void;
  /** Something that the owner need not act on. */
  warning(error: StreamError): void;
  /** The child died; `start()` starts the next. */
  failed(error: StreamError): void;
}

/** How a {@link Decoder} is made. */
export interface DecoderOptions {
  ffmpegPath: string;
  /** Rejects when that ffmpeg is of no use; asked meanwhile, since asking takes as long as starting a child. */
  proveFfmpeg: () => Promise<unknown>;
  hwaccel: string;
  picture: PictureOptions;
  clock: Clock;
  sink: DecoderSink;
}

interface Fed {
  unit: AccessUnit;
  size: { width: number; height: number };
  reorders: boolean;
}

/**
 * Access units in, pictures out: one ffmpeg child after another, a new one only where the stream's format changes.
 * It never restarts a child that died; its owner does.
 */
export class Decoder {
  #hwaccel: string;
  #parameters: StreamParameters | undefined;
  #process: DecoderProcess | undefined;
  #starting: Promise<void> | undefined;
  #startedAtMs = 0;
  #lastPictureAtMs = 0;
  /** Fed while the child is being started. */
  #waiting: Fed[] = [];
  #needsKeyframe = true;
  #barren = 0;
  #closed = false;
  readonly #leaving = new Set<DecoderProcess>();
  readonly #options: DecoderOptions;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#hwaccel = options.hwaccel;
  }

  /** Process id of the child; undefined while none runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Units whose pictures should be out and are not. */
  get pendingUnits(): number {
    return this.#waiting.length + (this.#process?.pending.behind ?? 0);
  }

  /** For how long the child should have given a picture and did not, in milliseconds; 0 when nothing is due. */
  get silentMs(): number {
    const due = this.#process?.pending.dueSinceMs;
    if (due === undefined) return 0;
    const allowance = this.#process?.pictures === 0 ? LONGEST_START_MS : 0;
    const since = Math.max(due, this.#lastPictureAtMs, this.#startedAtMs + allowance);
    return Math.max(0, this.#options.clock.now() - since - this.#pickingMs);
  }

  /** Pictures that maxFps leaves out give no sign of having been decoded until the next one that it takes. */
  get #pickingMs(): number {
    const { maxFps } = this.#options.picture;
    return maxFps === undefined ? 0 : 1_000 / maxFps;
  }

  /** Takes a unit; it is dropped until the first keyframe, and when the child cannot keep up. */
  decode(unit: AccessUnit): void {
    if (this.#closed) return;
    if (unit.keyframe) this.#keyframe(unit);
    else if (this.#needsKeyframe) return this.#options.sink.dropped(1);
    if (this.#isBehind()) {
      this.#needsKeyframe = true;
      return this.#options.sink.dropped(1);
    }
    const { width, height, reorders } = this.#parameters ?? { ...(unit.size ?? NO_SIZE), reorders: false };
    const fed = { unit, size: { width, height }, reorders };
    if (this.#process) this.#process.decode(unit, fed);
    else this.#waiting.push(fed);
  }

  /** Ends the child, whatever it does. `start()` starts another. */
  stop(): void {
    const old = this.#process;
    this.#process = undefined;
    this.#needsKeyframe = true;
    this.#waiting = [];
    if (!old) return;
    if (this.#isUnfit(old)) {
      const message = `hardware decoding with ${old.hwaccel} gave no picture, decoding in software`;
      this.#options.sink.warning(new StreamError("decoder-failed", message));
    }
    void this.#leave(old, old.kill());
  }

  /** Starts a child unless there is one; it begins with the next keyframe. */
  start(): void {
    if (!this.#process && !this.#starting && !this.#closed) this.#launchFor(this.#parameters?.codec ?? "h264");
  }

  /** Idempotent; resolves when every child is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    await this.#starting?.catch(() => {});
    const children = [...this.#leaving, ...(this.#process ? [this.#process] : [])];
    this.#process = undefined;
    await Promise.all(children.map((child) => child.kill()));
  }

  #isBehind(): boolean {
    const child = this.#process;
    if (!child) {
      const bytes = this.#waiting.reduce((sum, { unit }) => sum + unit.data.length, 0);
      return this.#waiting.length >= MOST_WAITING_UNITS || bytes > MOST_QUEUED_BYTES;
    }
    if (child.queuedBytes > MOST_QUEUED_BYTES) return true;
    const due = child.pictures === 0 ? undefined : child.pending.dueSinceMs;
    return due !== undefined && this.#options.clock.now() - due > MOST_BEHIND_MS + this.#pickingMs;
  }

  #keyframe(unit: AccessUnit): void {
    this.#needsKeyframe = false;
    const parameters = streamParameters(unit) ?? (unit.size && { codec: unit.codec, ...unit.size, reorders: false });
    const changed = parameters && !(this.#parameters && sameParameters(this.#parameters, parameters));
    if (changed) {
      this.#parameters = parameters;
      this.#options.sink.parameters(parameters);
      this.#checkCrop(parameters);
      this.#options.sink.dropped(this.#waiting.length);
      this.#waiting = [];
    }
    const fresh = this.#process === undefined || this.#process.pictures + this.#process.pending.size === 0;
    const suits = (this.#process?.codec === "h265") === (unit.codec === "h265");
    if (!this.#process) this.start();
    else if (this.#process && ((changed && !fresh) || !suits)) this.#replace(unit);
  }

  // The format changed: the old child hands out what it holds, the new one begins with this keyframe.
  #replace(unit: AccessUnit): void {
    const old = this.#process;
    this.#process = undefined;
    if (old) {
      old.end();
      const late = this.#options.clock.after(LONGEST_LEAVE_MS, () => void old.kill());
      void this.#leave(old, old.exited).then(() => late.cancel());
      const [oldest] = this.#leaving;
      if (this.#leaving.size > MOST_LEAVING) void oldest?.kill();
    }
    this.#launchFor(unit.codec);
  }

  #checkCrop({ width, height }: StreamParameters): void {
    const { crop } = this.#options.picture;
    if (!crop || (crop.x + crop.width <= width && crop.y + crop.height <= height)) return;
    const part = `${crop.width}x${crop.height} at ${crop.x},${crop.y}`;
    const message = `crop = ${part}: must lie within the picture, which is ${width}x${height}`;
    this.#options.sink.failed(new StreamError("invalid-option", message));
  }

  /** Whether an accelerator must be held to blame; then the next child decodes in software. */
  #isUnfit(child: DecoderProcess): boolean {
    if (child.hwaccel === "none" || child.pictures > 0 || !child.fed) return false;
    this.#barren++;
    if (child.hwaccel === "auto" && this.#barren < MOST_BARREN) return false;
    this.#hwaccel = "none";
    return true;
  }

  async #leave(child: DecoderProcess, gone: Promise<unknown>): Promise<void> {
    this.#leaving.add(child);
    await gone;
    this.#leaving.delete(child);
  }

  #launchFor(codec: AccessUnit["codec"]): void {
    this.#startedAtMs = this.#options.clock.now();
    const starting = this.#launch(codec).catch((error: unknown) => this.#failed(error));
    this.#starting = starting;
    void starting.then(() => {
      if (this.#starting === starting) this.#starting = undefined;
    });
  }

  async #launch(codec: AccessUnit["codec"]): Promise<void> {
    const { ffmpegPath, picture, clock } = this.#options;
    const child: DecoderProcess = await DecoderProcess.start({
      ...{ ffmpegPath, codec, hwaccel: this.#hwaccel, picture, clock },
      onPicture: (decoded) => {
        if (child === this.#process) this.#lastPictureAtMs = clock.now();
        this.#options.sink.picture(decoded);
      },
    });
    const wanted = this.#waiting[0]?.unit.codec;
    if (this.#closed || this.#process) return void (await child.kill());
    // The stream turned out to be of the other kind while this child was starting.
    if (wanted && (wanted === "h265") !== (codec === "h265")) {
      await child.kill();
      return this.#launch(wanted);
    }
    this.#process = child;
    void child.exited.then((error) => this.#exited(child, error));
    for (const fed of this.#waiting.splice(0)) child.decode(fed.unit, fed);
  }

  #exited(child: DecoderProcess, error: StreamError | undefined): void {
    if (this.#closed || child !== this.#process || !error) return;
    this.#process = undefined;
    this.#needsKeyframe = true;
    const what = this.#isUnfit(child)
      ? `hardware decoding with ${child.hwaccel} does not work here, decoding in software`
      : "the decoder died";
    void this.#failed(new StreamError("decoder-failed", `${what}: ${error.message}`, { cause: error }));
  }

  /** Tells the owner, unless there is a simpler reason: no ffmpeg, or one that is too old. */
  async #failed(error: unknown): Promise<void> {
    const simpler: unknown = await this.#options.proveFfmpeg().then(
      () => error,
      (reason: unknown) => reason,
    );
    if (this.#closed) return;
    const told =
      simpler instanceof StreamError ? simpler : new StreamError("decoder-failed", String(simpler), { cause: simpler });
    this.#options.sink.failed(told);
  }
}

const NO_SIZE = { width: 0, height: 0 };
