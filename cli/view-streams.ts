import open from "open";
import { type Logger, Receiver, StreamError, systemClock, TelemetryClient } from "../lib/index.js";
import { RelayedTelemetry } from "../server/telemetry/relayed-telemetry.js";
import { showReceiver } from "../server/web/shown-receiver.js";
import { readTlsFiles } from "../server/web/tls-files.js";
import { WebServer } from "../server/web/web-server.js";
import type { LogLevel } from "./log-levels.js";
import { namedStreams } from "./named-streams.js";
import type { CommandContext } from "./run-command.js";

const DEFAULT_PORT = 8080;

/** Options of `glasslink view` as they were parsed. */
export interface ViewOptions {
  host: string;
  port?: number;
  telemetry?: string;
  tlsCert?: string;
  tlsKey?: string;
  open: boolean;
  logLevel: LogLevel;
}

/**
 * Receives streams and shows them on a page, until the user ends it.
 * @throws StreamError `invalid-option`, `invalid-url`, `bind-failed`; the first reason, when all streams ended for good
 */
export async function viewStreams(urls: string[], options: ViewOptions, context: CommandContext): Promise<void> {
  const { signal, logger, print } = context;
  const receivers: Receiver[] = [];
  await using client = options.telemetry ? new TelemetryClient(options.telemetry, { messages: "all", logger }) : null;
  try {
    await using server = await openServer(options, client, context);
    const shown = namedStreams(urls).map(({ name, url }) => {
      const receiver = new Receiver(url, { decode: false, logger, signal });
      receivers.push(receiver);
      return show(name, receiver, { server, client, logger });
    });
    // From now on, since one may fail while the browser is being opened.
    const ends = Promise.allSettled(shown);
    print(server.url);
    if (options.open) await openBrowser(server.url, logger);
    // A stream that ended for good stays on the page, and the others go on.
    const failed = (await ends).find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  } finally {
    await Promise.all(receivers.map((receiver) => receiver.close()));
  }
}

async function show(
  id: string,
  receiver: Receiver,
  { server, client, logger }: { server: WebServer; client: TelemetryClient | null; logger: Logger },
): Promise<void> {
  const { camera, ended } = showReceiver(receiver, {
    id,
    senderClock: () => receiver.senderClock ?? client?.clockOffset,
    onClientFailure: (_viewer, error) => logger.warn({ camera: id }, `a viewer was given up: ${String(error)}`),
  });
  server.add(camera);
  try {
    await ended;
  } catch (error) {
    // The page goes on telling it, beside the pictures of the others.
    logger.error({ camera: id }, (error as Error).message);
    throw error;
  }
}

async function openServer(
  options: ViewOptions,
  client: TelemetryClient | null,
  { signal, logger }: CommandContext,
): Promise<WebServer> {
  const { host, tlsCert: certPath, tlsKey: keyPath } = options;
  const tls = await readTlsFiles({ certPath, keyPath });
  const served = { clock: systemClock, logger, ...(client && { telemetry: new RelayedTelemetry(client) }) };
  const listen = (port: number): Promise<WebServer> =>
    WebServer.listen({ host, port, ...(tls && { tls }) }, served, signal);
  try {
    return await listen(options.port ?? DEFAULT_PORT);
  } catch (error) {
    const taken = error instanceof StreamError && error.code === "bind-failed" && options.port === undefined;
    if (!taken) throw error;
    return listen(0);
  }
}

/** A machine without a browser, such as one that is reached by SSH, is no fault. */
async function openBrowser(url: string, logger: Logger): Promise<void> {
  const child = await open(url).catch((error: Error) => error);
  if (child instanceof Error) return logger.warn({}, `no browser could be opened: ${child.message}`);
  child.on("error", (error) => logger.warn({}, `no browser could be opened: ${error.message}`));
}
