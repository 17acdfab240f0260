import { isDeepStrictEqual } from "node:util";
import { StreamError } from "../../lib/errors.js";
import { type ServerLease, SharedServers } from "../../lib/shared-servers.js";
import { WebServer, type WebServerContext, type WebServerPlace } from "./web-server.js";

const servers = new SharedServers(
  ({ context, ...place }: WebServerPlace & { context: WebServerContext }, signal: AbortSignal) =>
    WebServer.listen(place, context, signal),
);

/**
 * The web server of this process on a port, which is opened for the first who asks: so that several cameras are shown
 * side by side on one page. Port 0 is a new one every time.
 * @throws StreamError `bind-failed`; `invalid-option` where it was opened in another way; the reason of `signal` when
 * that aborts
 */
export async function acquireWebServer(
  place: WebServerPlace,
  context: WebServerContext,
  signal: AbortSignal,
): Promise<ServerLease<WebServer>> {
  const lease = await servers.acquire({ ...place, context }, signal);
  if (isDeepStrictEqual(lease.server.place, place)) return lease;
  await lease.release();
  throw new StreamError("invalid-option", `outputs that share port ${place.port} must be alike but for their cameras`);
}
