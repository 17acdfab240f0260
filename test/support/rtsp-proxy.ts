import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Finished } from "./peer-program.js";
import { type RtpFaultShares, RtpFaults } from "./rtp-faults.js";
import { type PassPacket, RtpRelay } from "./rtp-relay.js";
import { RtspProxyConnection } from "./rtsp-proxy-connection.js";

const HOST = "127.0.0.1";

/**
 * Stands between clients and a server of RTSP, on this machine: what they say passes, and the media go through a
 * network that is as bad as the test wants it.
 */
export class RtspProxy {
  /** While true no media pass, in datagrams or interleaved; messages and reports still do. */
  mediaStopped = false;
  /** How many connections clients have made. */
  connections = 0;
  readonly faults: RtpFaults;
  readonly #serverPort: number;
  readonly #server: Server;
  readonly #open = new Set<RtspProxyConnection>();

  private constructor(serverPort: number, shares: RtpFaultShares) {
    this.#serverPort = serverPort;
    this.faults = new RtpFaults(shares);
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  /** Serves until the test is over; the faults befall what goes over UDP. */
  static async start(serverPort: number, finished: Finished, shares: RtpFaultShares = {}): Promise<RtspProxy> {
    const proxy = new RtspProxy(serverPort, shares);
    proxy.#server.listen(0, HOST);
    await once(proxy.#server, "listening");
    finished(async () => {
      for (const connection of proxy.#open) connection.close();
      await new Promise((resolve) => proxy.#server.close(resolve));
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #accept(client: Socket): void {
    this.connections++;
    const server = connect({ port: this.#serverPort, host: HOST, noDelay: true });
    const passDatagram: PassPacket = (packet, send) => {
      if (!this.mediaStopped) this.faults.pass(packet, send);
    };
    const connection = new RtspProxyConnection({
      ...{ client, server },
      mediaPass: () => !this.mediaStopped,
      openRelay: (clientPort) => RtpRelay.open(clientPort, passDatagram),
    });
    this.#open.add(connection);
    client.on("close", () => this.#open.delete(connection));
  }
}
