import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startListening } from "../../lib/start-listening.js";

/** A server that listens on a free port, and the place where it does. */
async function takenPlace(): Promise<{ host: string; port: number }> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { address: host, port } = server.address() as { address: string; port: number };
  return { host, port };
}

describe("startListening", () => {
  it("rejects with the system's error", async () => {
    const listening = startListening(createServer(), await takenPlace(), new AbortController().signal);
    await expect(listening).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("harms nobody when it fails after the wait for it was ended", async () => {
    const stop = new AbortController();
    const server = createServer();
    const place = await takenPlace();
    const listening = startListening(server, place, stop.signal);
    stop.abort();
    await expect(listening).rejects.toMatchObject({ name: "AbortError" });
    // The error that the system tells now would end the process if nobody heard it.
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.listening).toBe(false);
    expect(server.listenerCount("error")).toBe(1);
  });
});
