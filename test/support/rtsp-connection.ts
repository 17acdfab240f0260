import { onTestFinished } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { RtspConnection } from "../../lib/rtsp/client-connection.js";
import type { OpenRtspSocketOptions } from "../../lib/rtsp/open-rtsp-socket.js";
import { parseRtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { type RtspServerOptions, type ScriptedRtspServer, startRtspServer } from "./rtsp-server.js";

/** How connections are opened. */
export const OPTIONS: Omit<OpenRtspSocketOptions, "url"> = {
  clock: systemClock,
  connectTimeoutMs: 5_000,
  signal: new AbortController().signal,
};

/** A scripted server that is gone when the test is over. */
export async function serve(options: RtspServerOptions = {}): Promise<ScriptedRtspServer> {
  const server = await startRtspServer(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A connection to it, closed when the test is over. */
export async function open(
  server: ScriptedRtspServer,
  changes: Partial<OpenRtspSocketOptions> = {},
): Promise<RtspConnection> {
  const connection = await RtspConnection.open({ ...OPTIONS, url: parseRtspUrl(server.url), ...changes });
  onTestFinished(() => connection.close());
  return connection;
}

/** Both. */
export async function connect(options: RtspServerOptions = {}) {
  const server = await serve(options);
  const connection = await open(server);
  const url = `rtsp://127.0.0.1:${server.port}/stream`;
  return { server, connection, url, ask: (method = "OPTIONS") => connection.request(method, url) };
}
