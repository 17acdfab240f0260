import type { Clock, Timer } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import type { NamedSource, SourceSink } from "../../lib/sources/source.js";
import type { CameraSlot, PublisherSession, SessionSink } from "./camera-slots.js";
import { type SessionEvents, sessionSink } from "./session-sink.js";

/** What a {@link PublishedCamera} works with. */
export interface PublishedCameraOptions {
  id: string;
  clock: Clock;
  /** How long it may be without a session, in milliseconds. */
  forgetAfterMs: number;
  /** It was away that long. */
  onForgotten(): void;
}

/** One session, and what is known of it. */
interface Entry {
  session: PublisherSession;
  details: { sameClock: boolean; description: string };
  /** Pictures of it were thrown away: what comes next may refer to them. */
  missed: boolean;
}

/** One run, of the Receiver. */
interface Run {
  sink: SourceSink;
  /** Whose bytes have come in this run. */
  heard: Entry | undefined;
  fail(error: StreamError): void;
}

/**
 * A camera that pushes, as a source: its sessions come and go, and whoever receives from it stays. Nothing is queued:
 * what comes while nobody receives is thrown away.
 */
export class PublishedCamera implements NamedSource, CameraSlot {
  /** A try is but waiting for the next session. */
  readonly retryCeilingMs = 100;
  readonly url: string;
  readonly #options: PublishedCameraOptions;
  #current: Entry | undefined;
  /** A new one, up to its first keyframe. */
  #next: Entry | undefined;
  #run: Run | undefined;
  #away: Timer | undefined;
  #closed = false;

  constructor(options: PublishedCameraOptions) {
    this.#options = options;
    this.url = `webrtc:${options.id}`;
    this.#isAway();
  }

  begin(session: PublisherSession): SessionSink {
    const entry: Entry = { session, details: { sameClock: false, description: this.url }, missed: false };
    if (this.#closed) {
      // Not before it has its sink.
      queueMicrotask(() => session.close("the camera is taken away"));
      return sessionSink(this.#eventsOf(entry));
    }
    this.#away?.cancel();
    const former = this.#next;
    // Where there is none before it, nobody has to wait for its keyframe.
    if (this.#current) this.#next = entry;
    else this.#current = entry;
    former?.session.close("another took its place");
    return sessionSink(this.#eventsOf(entry));
  }

  /**
   * Receives from whatever session there is, and waits where there is none.
   * @throws StreamError why a session ended that no other follows yet
   */
  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#run = { sink, heard: undefined, fail: reject };
        signal.addEventListener("abort", () => resolve(), { signal: over.signal });
        if (signal.aborted) resolve();
      });
    } finally {
      over.abort();
      this.#run = undefined;
      if (this.#current) this.#current.missed = true;
    }
  }

  /** Ends its sessions, and those that come. Idempotent. */
  close(reason: string): void {
    this.#closed = true;
    this.#away?.cancel();
    const entries = [this.#current, this.#next];
    this.#current = undefined;
    this.#next = undefined;
    for (const entry of entries) entry?.session.close(reason);
  }

  #eventsOf(entry: Entry): SessionEvents {
    return {
      connected: (details) => {
        entry.details = details;
      },
      bytes: (count) => this.#hear(entry)?.bytes(count),
      unit: (unit) => this.#unit(entry, unit),
      ended: (error) => this.#ended(entry, error),
      sink: () => (this.#run?.heard === entry ? this.#run.sink : undefined),
    };
  }

  /** Something comes; where it goes. Undefined: nowhere. */
  #hear(entry: Entry): SourceSink | undefined {
    const run = this.#run;
    if (entry !== this.#current || !run) return undefined;
    if (run.heard !== entry) {
      const isFirst = run.heard === undefined;
      run.heard = entry;
      run.sink.connected(entry.details);
      if (!isFirst) run.sink.restarted();
      if (entry.missed) entry.session.requestKeyframe();
      entry.missed = false;
    }
    return run.sink;
  }

  #unit(entry: Entry, unit: AccessUnit): void {
    if (unit.keyframe) entry.missed = false;
    if (entry === this.#next && unit.keyframe) {
      const former = this.#current;
      this.#current = entry;
      this.#next = undefined;
      former?.session.close("another took its place");
    }
    const sink = this.#hear(entry);
    if (sink) sink.unit(unit);
    else entry.missed = true;
  }

  #ended(entry: Entry, error: StreamError): void {
    if (entry === this.#next) this.#next = undefined;
    else if (entry === this.#current) {
      this.#current = this.#next;
      this.#next = undefined;
      // One that is about to follow may be there before anybody notices.
      if (!this.#current) this.#run?.fail(temporary(error));
    } else return;
    if (!this.#current) this.#isAway();
  }

  #isAway(): void {
    const { clock, forgetAfterMs, onForgotten } = this.#options;
    this.#away = clock.after(forgetAfterMs, onForgotten);
  }
}

/** However a session ended, the camera's next one may do. */
function temporary(error: StreamError): StreamError {
  if (error.retryable) return error;
  return new StreamError("connection-lost", error.message, { cause: error, details: error.details });
}
