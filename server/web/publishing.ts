import type { CameraSlots } from "../gateway/camera-slots.js";
import { showIngestCounters } from "../gateway/ingest-counters.js";
import { IngestSessions } from "../gateway/ingest-sessions.js";
import { STREAM_NAMESPACE, serveStreamNamespace } from "../gateway/stream-namespace.js";
import { SharedToken } from "../shared-token.js";
import type { PageSocket } from "./page-socket.js";
import type { WebRouteContext } from "./web-route.js";
import { WhipRoute } from "./whip-route.js";

/** That cameras may push to a web server. */
export interface Publishing {
  /** Where their pictures go. */
  slots: CameraSlots;
  /** What they must know; by default everybody may push. */
  token?: string;
}

/** What {@link openPublishing} works with. */
export interface PublishingContext extends WebRouteContext {
  /** Has the connections of socket.io. */
  pages: PageSocket;
}

/** Lets cameras push, by both ways; they share their sessions. Gives the route of WHIP, which ends all of them. */
export function openPublishing({ slots, token }: Publishing, context: PublishingContext): WhipRoute {
  const { clock, logger, metrics, pages } = context;
  const sessions = new IngestSessions({ slots, clock, logger });
  showIngestCounters(metrics, () => sessions.counters);
  const publishToken = new SharedToken(token);
  serveStreamNamespace(pages.namespace(STREAM_NAMESPACE), { sessions, token: publishToken, clock, logger });
  return new WhipRoute({ sessions, token: publishToken });
}
