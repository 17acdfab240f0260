import type { Socket } from "socket.io";
import type { Clock } from "../../lib/clock.js";
import type { Logger } from "../../lib/logger.js";
import { isUsableCandidate, MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import { EventBudget } from "../event-budget.js";
import { HttpError } from "../web/http-error.js";
import type { IngestSession, IngestSessions } from "./ingest-sessions.js";
import { describeIngest, localCandidates } from "./stream-answers.js";
import {
  cameraOf,
  isStreamEvent,
  readStreamMessage,
  STREAM_EVENTS,
  type StreamEvent,
  type StreamServerEvents,
} from "./stream-messages.js";

const MAX_CAMERAS = 16;
/** Each of 16 cameras may tell all its addresses at once. */
const EVENTS = { burst: 600, perSecond: 100 } as const;
const OFFERS = { burst: 32, perSecond: 2 } as const;

/** The connection of a program with cameras; it may say anything. */
export type StreamSocket = Socket<Record<string, (payload: unknown) => void>, StreamServerEvents>;

/** What a {@link StreamClient} works with. */
export interface StreamClientOptions {
  sessions: IngestSessions;
  clock: Clock;
  logger: Logger;
}

/** A session that was asked for. */
interface Entry {
  cameraId: string;
  /** Undefined until the offer is answered. */
  session: IngestSession | undefined;
  /** Those that came before. */
  candidates: string[];
  /** Why it is not wanted any more. */
  goodbye: string | undefined;
}

/** A program that pushes cameras, as long as its socket lives. */
export class StreamClient {
  readonly #socket: StreamSocket;
  readonly #options: StreamClientOptions;
  readonly #events: EventBudget;
  readonly #offers: EventBudget;
  /** The newest of a camera is the last. */
  readonly #entries = new Set<Entry>();
  #closed = false;

  constructor(socket: StreamSocket, options: StreamClientOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#events = new EventBudget(options.clock, EVENTS);
    this.#offers = new EventBudget(options.clock, OFFERS);
    socket.onAny((event: unknown, payload: unknown) => void this.#take(event, payload));
    socket.on("disconnect", () => this.#close());
    socket.emit("connected", { namespace: socket.nsp.name, protocol: 1 });
  }

  async #take(event: unknown, payload: unknown): Promise<void> {
    if (this.#closed) return;
    if (!this.#events.take()) return this.#sendOff();
    try {
      if (!isStreamEvent(event)) {
        const found = JSON.stringify(String(event).slice(0, 64));
        throw new HttpError(400, `the event ${found} is not known; there are ${STREAM_EVENTS}`);
      }
      await this.#handle(event, payload);
    } catch (error) {
      this.#refuse(error, cameraOf(payload));
    }
  }

  async #handle(event: StreamEvent, payload: unknown): Promise<void> {
    if (event === "offer") {
      const { cameraId, offer } = readStreamMessage(event, payload);
      await this.#offer(cameraId, offer.sdp);
    } else if (event === "ice-candidate") {
      const { cameraId, candidate } = readStreamMessage(event, payload);
      this.#candidate(cameraId, (typeof candidate === "string" ? candidate : candidate?.candidate) ?? "");
    } else if (event === "disconnect-camera") {
      const { cameraId } = readStreamMessage(event, payload);
      for (const entry of this.#of(cameraId)) end(entry, "it said goodbye");
    } else {
      const cameras = [...this.#entries].flatMap(({ session }) => session ?? []);
      this.#socket.emit("stats", { cameras: cameras.map(describeIngest) });
    }
  }

  /** @throws HttpError */
  async #offer(cameraId: string, sdp: string): Promise<void> {
    if (!this.#offers.take()) throw new HttpError(429, `${OFFERS.perSecond} offers a second are taken, no more`);
    const cameras = new Set([...this.#entries].map((entry) => entry.cameraId));
    if (!cameras.has(cameraId) && cameras.size >= MAX_CAMERAS) {
      throw new HttpError(429, `a connection may have ${MAX_CAMERAS} cameras, no more`);
    }
    const entry: Entry = { cameraId, session: undefined, candidates: [], goodbye: undefined };
    this.#entries.add(entry);
    try {
      const address = this.#socket.handshake.address;
      const onEnd = (reason: string): void => this.#ended(entry, reason);
      entry.session = await this.#options.sessions.begin({ cameraId, sdp, address, onEnd });
    } catch (error) {
      this.#entries.delete(entry);
      // Who does not want it any more need not know.
      if (entry.goodbye !== undefined) return;
      throw error;
    }
    if (entry.goodbye !== undefined) return entry.session.end(entry.goodbye);
    this.#answer(cameraId, entry.session);
    for (const candidate of entry.candidates.splice(0)) entry.session.addCandidate(candidate);
  }

  #answer(cameraId: string, { answer: sdp, offer }: IngestSession): void {
    this.#socket.emit("answer", { cameraId, answer: { type: "answer", sdp } });
    // They stand in the answer too; some programs take them only one by one.
    for (const candidate of localCandidates(sdp, offer)) this.#socket.emit("ice-candidate", { cameraId, candidate });
  }

  /** @throws HttpError */
  #candidate(cameraId: string, text: string): void {
    const entry = this.#of(cameraId).at(-1);
    if (!entry) throw new HttpError(404, `camera "${cameraId}" has no session here; send an offer first`);
    const candidate = text.trim().replace(/^a=/, "");
    // So browsers say that there are no more.
    if (candidate === "") return;
    if (!candidate.startsWith("candidate:")) {
      throw new HttpError(400, 'ice-candidate.candidate is not allowed: it must begin with "candidate:", as in SDP');
    }
    if (!isUsableCandidate(candidate)) return;
    if (entry.session) entry.session.addCandidate(candidate);
    else if (entry.candidates.length < MAX_CANDIDATES) entry.candidates.push(candidate);
    else this.#options.sessions.count("ignoredCandidates");
  }

  #of(cameraId: string): Entry[] {
    return [...this.#entries].filter((entry) => entry.cameraId === cameraId);
  }

  #ended(entry: Entry, reason: string): void {
    const isAnswered = entry.session !== undefined;
    this.#entries.delete(entry);
    const isReplaced = this.#of(entry.cameraId).length > 0;
    if (!isAnswered || isReplaced || entry.goodbye !== undefined) return;
    const { cameraId } = entry;
    this.#socket.emit("error", { cameraId, code: 410, message: `the session ended: ${reason}` });
  }

  #refuse(error: unknown, cameraId: string | undefined): void {
    const known = error instanceof HttpError;
    if (!known) this.#options.logger.error({ error }, `gateway: an event failed: ${(error as Error)?.message}`);
    const { status, message } = known ? error : new HttpError(500, "something here is broken; see the log");
    this.#options.sessions.count("badEvents");
    this.#socket.emit("error", { ...(cameraId !== undefined && { cameraId }), code: status, message });
  }

  #sendOff(): void {
    this.#refuse(new HttpError(429, `${EVENTS.perSecond} events a second are taken, no more; goodbye`), undefined);
    this.#socket.disconnect(true);
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    for (const entry of [...this.#entries]) end(entry, "its connection for signalling is gone");
  }
}

function end(entry: Entry, reason: string): void {
  entry.goodbye ??= reason;
  entry.session?.end(reason);
}
