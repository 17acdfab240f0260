import { connect, createServer, type Server, type Socket } from "node:net";
import { describeSocketError } from "../describe-socket-error.js";
import { StreamError } from "../errors.js";
import { formatStreamUrl, readParameters, type StreamUrl } from "../stream-url.js";
import { DetectingParser } from "./detecting-parser.js";
import { IdleFlush } from "./idle-flush.js";
import type { Source, SourceContext, SourceSink } from "./source.js";
import { followConnection } from "./tcp-connection.js";

const PORT = 8000;
/** A sender that has been silent this long gives way to a new one. */
const TAKE_OVER_MS = 500;
const PARAMETERS = {
  listen: { kind: "flag" },
  format: { kind: "word", words: ["raw", "mjpeg", "ts"] },
} as const;

/**
 * `tcp://host:8000` connects to a sender; `tcp://:8000?listen=1` waits for one to connect. The bytes are raw H.264 or
 * H.265 (Annex B), MJPEG or MPEG-TS, whichever they look like; `?format=raw|mjpeg|ts` decides.
 * @throws StreamError `invalid-url`
 */
export function openTcpSource(url: StreamUrl, context: SourceContext): Source {
  const { listen, format } = readParameters(url, PARAMETERS);
  const port = url.port ?? PORT;
  const host = url.host;
  if (!listen && host === "") {
    throw new StreamError(
      "invalid-url",
      `${url.text}: names no host; tcp://host:${port}, or ?listen=1 to wait for a sender`,
    );
  }
  const address = formatStreamUrl("tcp", host, port);
  return {
    retryCeilingMs: 100,
    async run(sink, signal) {
      const feed = (): IdleFlush => {
        const parser = new DetectingParser({ sink, transport: "stream", format });
        return new IdleFlush({ parser, clock: context.clock, onLive: () => sink.live() });
      };
      if (listen) return accept({ host, port, address, sink, signal, context, feed });
      const socket = connect({ host, port, noDelay: true });
      const { connectTimeoutMs } = context;
      return followConnection(socket, { scheme: "tcp", address, sink, signal, feed: feed(), connectTimeoutMs });
    },
  };
}

interface AcceptOptions {
  host: string;
  port: number;
  address: string;
  sink: SourceSink;
  signal: AbortSignal;
  context: SourceContext;
  feed: () => IdleFlush;
}

/** Waits for a sender; a second one is turned away unless the first has fallen silent. */
async function accept(options: AcceptOptions): Promise<void> {
  const { host, port, address, sink, signal, context, feed } = options;
  const server = createServer({ noDelay: true });
  try {
    await listening(server, { host, port, address, signal });
    let current: Socket | undefined;
    let lastBytesMs = 0;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
      server.on("connection", (socket) => {
        socket.on("error", () => {});
        if (current && context.clock.now() - lastBytesMs < TAKE_OVER_MS) return void socket.destroy();
        const replaced = current;
        current = socket;
        lastBytesMs = context.clock.now();
        socket.on("data", () => {
          lastBytesMs = context.clock.now();
        });
        replaced?.destroy();
        if (replaced) sink.restarted();
        followConnection(socket, { scheme: "tcp", address, sink, signal, feed: feed() }).catch((error: unknown) => {
          if (socket === current) reject(error);
        });
      });
    });
    current?.destroy();
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function listening(
  server: Server,
  { host, port, address, signal }: { host: string; port: number; address: string; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(new StreamError("bind-failed", `${address}: cannot listen: ${describeSocketError(cause)}`, { cause }));
    });
    server.listen({ port, ...(host !== "" && { host }) }, () => resolve());
    if (signal.aborted) resolve();
  });
}
