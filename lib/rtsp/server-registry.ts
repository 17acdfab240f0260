import { type ServerLease, SharedServers } from "../shared-servers.js";
import { RtspServer, type RtspServerOptions } from "./server.js";

/** Where an RTSP server listens, and what it works with. */
export interface RtspServerPlace extends RtspServerOptions {
  host: string;
  port: number;
}

const servers = new SharedServers(({ host, port, ...options }: RtspServerPlace, signal: AbortSignal) =>
  RtspServer.listen({ host, port }, options, signal),
);

/**
 * The server of this process on a port, which is opened for the first who asks: so that several cameras, each at its
 * own path, share one port. Port 0 is a new one every time.
 * @throws StreamError `bind-failed`; the reason of `signal` when that aborts
 */
export function acquireRtspServer(place: RtspServerPlace, signal: AbortSignal): Promise<ServerLease<RtspServer>> {
  return servers.acquire(place, signal);
}
