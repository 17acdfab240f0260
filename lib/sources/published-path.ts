import type { Authenticator } from "../auth/authenticator.js";
import { StreamError } from "../errors.js";
import type { RtspClient, RtspPath } from "../rtsp/server-path.js";
import { readSessionDescription } from "../rtsp/session-description.js";
import { statusError } from "../rtsp/status-error.js";
import { type Announcement, RecordSession } from "./record-session.js";
import { chooseTrack } from "./rtsp-track.js";
import type { SourceContext, SourceSink } from "./source.js";

/** A publisher that has been silent this long gives way to a new one. */
const TAKE_OVER_MS = 500;

/** What a {@link PublishedPath} works with. */
export interface PublishedPathOptions {
  path: string;
  authenticator: Authenticator | undefined;
  sink: SourceSink;
  context: SourceContext;
  /** Somebody publishes from now on. */
  onPublisher(client: RtspClient): void;
}

/** A path that takes what one publisher at a time sends. @see RFC 2326 sections 10.3 and 10.11 */
export class PublishedPath implements RtspPath {
  readonly path: string;
  readonly authenticator: Authenticator | undefined;
  readonly #options: PublishedPathOptions;
  readonly #announced = new WeakMap<RtspClient, Announcement>();
  #publisher: RecordSession | undefined;
  #end: (error?: StreamError) => void = () => {};

  constructor(options: PublishedPathOptions) {
    this.path = options.path;
    this.authenticator = options.authenticator;
    this.#options = options;
  }

  /**
   * Resolves when `signal` aborts.
   * @throws StreamError `stream-ended` when the publisher has gone, `connection-lost`
   */
  ended(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#end = (error) => (error ? reject(error) : resolve());
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  }

  announce(client: RtspClient, sdp: string, url: string): void {
    this.#checkFree(client);
    this.#announced.set(client, readAnnouncement(sdp, url));
  }

  open(client: RtspClient, mode: "play" | "record"): RecordSession {
    const announcement = this.#announced.get(client);
    if (mode !== "record") throw statusError(405, "this path is for publishing: mode=record");
    if (!announcement) throw statusError(455, "SETUP for recording without ANNOUNCE");
    const { sink, context } = this.#options;
    return new RecordSession({
      ...{ client, announcement, sink, context },
      onRecord: (session) => this.#begin(session),
      onGone: (session, error) => this.#gone(session, error),
    });
  }

  #begin(session: RecordSession): void {
    this.#checkFree(session.client);
    const former = this.#publisher;
    this.#publisher = session;
    former?.client.close("another publisher has taken over");
    if (former) this.#options.sink.restarted();
    this.#options.onPublisher(session.client);
  }

  #checkFree(client: RtspClient): void {
    const publisher = this.#publisher;
    if (!publisher || publisher.client === client) return;
    const silentMs = this.#options.context.clock.now() - publisher.aliveAtMs;
    if (silentMs < TAKE_OVER_MS) throw statusError(503, `${publisher.client.name} publishes here already`);
  }

  #gone(session: RecordSession, error: StreamError | undefined): void {
    if (session !== this.#publisher) return;
    this.#publisher = undefined;
    const ended = new StreamError("stream-ended", `${this.path}: the publisher ${session.client.name} has gone`);
    // Ending closes the port, if nobody else uses it: the answer to TEARDOWN goes out first.
    setImmediate(() => this.#end(error ?? ended));
  }
}

function readAnnouncement(sdp: string, url: string): Announcement {
  try {
    const presentation = readSessionDescription(sdp, url);
    const track = chooseTrack(presentation);
    if (typeof track === "object") return { presentation, track };
    throw statusError(415, `${track} cannot be received here; H264, H265, JPEG and MP2T can`);
  } catch (error) {
    if (!(error instanceof StreamError) || error.details.status !== undefined) throw error;
    throw statusError(error.code === "unsupported" ? 415 : 400, error.message);
  }
}
