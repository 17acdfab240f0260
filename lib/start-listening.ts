import { once } from "node:events";
import type { ListenOptions, Server } from "node:net";

/** Listens; rejects with the system's error, or as `signal` says when that aborts before. The server is not closed then. */
export async function startListening(server: Server, place: ListenOptions, signal: AbortSignal): Promise<void> {
  // Who does not wait any more, since the signal aborted, does not hear that it failed: that would end the process.
  server.on("error", () => {});
  server.listen(place);
  await once(server, "listening", { signal });
}
