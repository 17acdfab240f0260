import type { SourceSink } from "../../lib/sources/source.js";
import type { SessionSink } from "./camera-slots.js";

/** What is done with what a session says. */
export interface SessionEvents extends Pick<SessionSink, "connected" | "bytes" | "unit" | "ended"> {
  /** Where losses and the like go now; undefined: nowhere. */
  sink(): SourceSink | undefined;
}

/** A session's sink whose receiver may change from one call to the next. */
export function sessionSink({ sink, ...events }: SessionEvents): SessionSink {
  return {
    ...events,
    live: () => sink()?.live(),
    restarted: () => sink()?.restarted(),
    lost: (count) => sink()?.lost(count),
    discarded: (bytes) => sink()?.discarded(bytes),
  };
}
