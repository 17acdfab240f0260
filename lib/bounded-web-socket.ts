import { NodeWebSocket } from "socket.io-client";

/** A snapshot of telemetry has about 1 kB, no message more than 3 kB, and an answer of WebRTC a few. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/**
 * The only transport of socket.io here. Long polling would cost latency and certainty of the clock, and reads answers of
 * any size; this one has a bound.
 */
export class BoundedWebSocket extends NodeWebSocket {
  override createSocket(
    uri: string,
    protocols: string | string[] | undefined,
    options: Record<string, unknown>,
  ): ReturnType<NodeWebSocket["createSocket"]> {
    return super.createSocket(uri, protocols, { ...options, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  }

  // A handshake that is malformed makes the layers above throw, which nobody would catch.
  override onData(data: Parameters<NodeWebSocket["onData"]>[0]): void {
    try {
      super.onData(data);
    } catch (error) {
      this.onError("malformed data", error);
    }
  }

  // By itself it waits up to 30 s for a dead peer to say goodbye, and keeps the process alive meanwhile.
  override doClose(): void {
    const socket = this.ws;
    super.doClose();
    socket?.terminate();
  }
}
