import type { RemoteInfo, Socket } from "node:dgram";
import { once } from "node:events";
import { StreamError } from "../../lib/errors.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { closeUdpSockets, openUdpSocket } from "../../lib/udp-socket.js";
import type { LinkPeer, LinkSink, TelemetryLink } from "./telemetry-link.js";
import type { TelemetryUrl } from "./telemetry-url.js";

/** As `dgram` counts it: what the system has not taken yet. A packet has at most 280 bytes. */
const MAX_QUEUED_BYTES = 16 * 1024;
/** What a socket needs to run: who is spoken to first, if anybody. */
interface Opened {
  socket: Socket;
  first: LinkPeer | undefined;
}

/**
 * MAVLink over UDP. Without a host it listens, and answers each sender where its datagrams come from; with one it speaks
 * first, from a port of its own, and hears only that host.
 * @see https://mavlink.io/en/services/heartbeat.html
 */
export class MavlinkUdp implements TelemetryLink {
  readonly #text: string;
  readonly #url: TelemetryUrl & { kind: "udp" };

  constructor(text: string, url: TelemetryUrl & { kind: "udp" }) {
    this.#text = text;
    this.#url = url;
  }

  async run(sink: LinkSink, signal: AbortSignal): Promise<void> {
    const opened = this.#url.host === undefined ? await this.#listen() : await this.#connect(this.#url.host, signal);
    // The name's search ended because nobody wants the link any more.
    if (!opened) return;
    const { socket, first } = opened;
    try {
      if (signal.aborted) return;
      socket.on("message", (bytes, from) => sink.datagram(bytes, first ?? peerAt(socket, from)));
      sink.opened(first);
      await this.#failure(socket, signal);
    } finally {
      await closeUdpSockets([socket]);
    }
  }

  async #listen(): Promise<Opened> {
    const { port } = this.#url;
    const socket = await openUdpSocket({ address: "0.0.0.0", port, family: 4 }).catch(
      (cause: NodeJS.ErrnoException) => {
        const taken = `UDP port ${port} is in use already; is another ground station or mavlink-router running here?`;
        const reasons: Record<string, string> = {
          EADDRINUSE: taken,
          EACCES: `UDP port ${port} needs more rights; ports from 1024 on do not`,
        };
        throw this.#error("bind-failed", reasons[cause.code ?? ""] ?? cause.message, cause);
      },
    );
    return { socket, first: undefined };
  }

  async #connect(host: string, signal: AbortSignal): Promise<Opened | undefined> {
    const found = await lookUpHost(host, signal).catch((cause: Error) => {
      if (signal.aborted) return undefined;
      throw this.#error("connect-failed", `the host's name cannot be looked up: ${cause.message}`, cause);
    });
    if (!found) return undefined;
    const family = found.family === 6 ? 6 : 4;
    const anywhere = { address: family === 6 ? "::" : "0.0.0.0", port: 0, family } as const;
    const socket = await openUdpSocket(anywhere).catch((cause: Error) => {
      throw this.#error("connect-failed", cause.message, cause);
    });
    try {
      const connected = once(socket, "connect");
      socket.connect(this.#url.port, found.address);
      await connected;
    } catch (cause) {
      await closeUdpSockets([socket]);
      throw this.#error("connect-failed", (cause as Error).message, cause);
    }
    return { socket, first: { send: (packet) => hasRoom(socket) && socket.send(packet, ignoreFailure) } };
  }

  /** Resolves when the signal aborts. */
  #failure(socket: Socket, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      socket.on("error", (cause: NodeJS.ErrnoException) => {
        const refused = `nobody listens there; to listen on this machine, leave the host out: mavlink-udp://:${this.#url.port}`;
        const problem = cause.code === "ECONNREFUSED" ? refused : cause.message;
        reject(this.#error("connection-lost", problem, cause));
      });
    });
  }

  #error(code: "bind-failed" | "connect-failed" | "connection-lost", problem: string, cause: unknown): StreamError {
    return new StreamError(code, `${this.#text}: ${problem}`, { cause });
  }
}

function peerAt(socket: Socket, { address, port }: RemoteInfo): LinkPeer {
  // Whoever sends from port 0 wants no answer, and Node.js throws where it is given one.
  if (port === 0) return { send: () => {} };
  // A sender that is gone, or a network that is down for a moment, is no reason to stop hearing others.
  return { send: (packet) => hasRoom(socket) && socket.send(packet, port, address, ignoreFailure) };
}

function hasRoom(socket: Socket): boolean {
  return socket.getSendQueueSize() < MAX_QUEUED_BYTES;
}

function ignoreFailure(): void {}
