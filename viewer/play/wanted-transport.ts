import type { LiveTransport } from "../../server/web/live-protocol.js";

const TRANSPORTS: readonly LiveTransport[] = ["websocket", "whep", "mjpeg"];

/** The transport that an address asks for by `?transport=`; undefined: none that there is. */
export function wantedTransport(query: string): LiveTransport | undefined {
  const wanted = new URLSearchParams(query).get("transport");
  return TRANSPORTS.find((transport) => transport === wanted);
}
