import type { Socket } from "node:dgram";
import { DISCONNECT } from "../chunked-udp/client-message.js";
import { isOwnAddress } from "../network-interfaces.js";
import { formatStreamUrl } from "../stream-url.js";
import { ChunkedUdpReception } from "./chunked-udp-reception.js";
import { ChunkedUdpRegistration } from "./chunked-udp-registration.js";
import type { SourceContext, SourceSink } from "./source.js";

/** What {@link runChunkedUdpSession} works with. */
export interface ChunkedUdpSessionOptions {
  /** The ways to ask for frames, the best first. */
  requests: readonly Buffer[];
  sink: SourceSink;
  context: SourceContext;
  signal: AbortSignal;
  /** The server has answered for the first time. */
  onAnswer: () => void;
}

/**
 * Registers with the server that a socket is connected to, and receives until `signal` aborts or the socket fails; then
 * it rejects with the signal's reason, or with the system's error. The server is told that it is over.
 */
export async function runChunkedUdpSession(socket: Socket, options: ChunkedUdpSessionOptions): Promise<void> {
  let close = (): void => {};
  try {
    await new Promise<void>((_resolve, reject) => {
      const { signal } = options;
      signal.throwIfAborted();
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      socket.on("error", reject);
      close = begin(socket, options, reject);
    });
  } finally {
    close();
    socket.removeAllListeners("message");
    await new Promise<void>((resolve) => socket.send(DISCONNECT, () => resolve()));
  }
}

/** Gives what ends it. */
function begin(socket: Socket, options: ChunkedUdpSessionOptions, fail: (error: Error) => void): () => void {
  const { requests, sink, onAnswer } = options;
  const { clock, logger } = options.context;
  // That nobody listens there is told by whatever comes next: a datagram to send, or to read.
  const send = (message: Buffer): void => socket.send(message, (error) => error && fail(error));
  const registration = new ChunkedUdpRegistration({ clock, requests, send });
  let answered = false;
  const onHeard = (): void => {
    registration.heard();
    if (answered) return;
    answered = true;
    onAnswer();
    const { address, port } = socket.remoteAddress();
    const description = formatStreamUrl("chunked-udp", address, port);
    sink.connected({ sameClock: isOwnAddress(address), description });
  };
  const reception = new ChunkedUdpReception({ clock, logger, sink, send, onHeard });
  socket.on("message", (datagram) => reception.datagram(datagram));
  return () => {
    registration.close();
    reception.close();
  };
}
