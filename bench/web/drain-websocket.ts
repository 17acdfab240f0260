import { once } from "node:events";
import { WebSocket } from "ws";
import { readLiveHeader } from "../../server/web/live-protocol.js";
import { monotonicMs } from "../monotonic.js";
import type { Arrival } from "./arrivals.js";

/** Watches the first camera over a WebSocket; resolves when it is connected. Pictures are thrown away. */
export async function drainWebSocket(origin: string, arrived: (arrival: Arrival) => void): Promise<void> {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/live`, { perMessageDeflate: false });
  socket.binaryType = "arraybuffer";
  socket.on("message", (data, isBinary) => {
    const header = isBinary ? readLiveHeader(data as ArrayBuffer) : undefined;
    if (header)
      arrived({ mediaTimeMs: header.mediaTimeMs, atMs: monotonicMs(), bytes: (data as ArrayBuffer).byteLength });
  });
  await once(socket, "open");
}
