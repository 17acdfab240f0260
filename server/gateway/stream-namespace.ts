import type { Namespace } from "socket.io";
import type { SharedToken } from "../shared-token.js";
import { StreamClient, type StreamClientOptions, type StreamSocket } from "./stream-client.js";
import type { StreamServerEvents } from "./stream-messages.js";

/** Where cameras say by socket.io that they push. */
export const STREAM_NAMESPACE = "/stream";
/** Of one event: an offer of 64 kB, written as JSON. */
export const MAX_STREAM_EVENT_BYTES = 160 * 1_024;

/** What {@link serveStreamNamespace} works with. */
export interface StreamNamespaceOptions extends StreamClientOptions {
  token: SharedToken;
}

/** Serves cameras that push, with socket.io for the signalling, until the server of the namespace is closed. */
export function serveStreamNamespace(
  namespace: Namespace<Record<string, (payload: unknown) => void>, StreamServerEvents>,
  options: StreamNamespaceOptions,
): void {
  const { sessions, token } = options;
  namespace.use((socket, next) => {
    const given: unknown = socket.handshake.auth.token;
    if (token.allows(given)) return next();
    sessions.count("refusedTokens");
    const problem = given === undefined ? "is missing" : "is wrong";
    next(Object.assign(new Error(`the token ${problem}; it goes into auth: { token }`), { data: { code: 401 } }));
  });
  namespace.on("connection", (socket: StreamSocket) => void new StreamClient(socket, options));
}
