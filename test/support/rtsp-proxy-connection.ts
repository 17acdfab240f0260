import type { Socket } from "node:net";
import { formatRequest, formatResponse, interleavedHead, RtspHeaders, type RtspItem } from "../../lib/rtsp/message.js";
import { RtspMessageParser } from "../../lib/rtsp/message-parser.js";
import type { RtpRelay } from "./rtp-relay.js";

/** What an {@link RtspProxyConnection} works with. */
export interface RtspProxyConnectionOptions {
  /** The client's connection, and the one to the server in its place. */
  client: Socket;
  server: Socket;
  /** Whether media on the connection itself pass now. */
  mediaPass(): boolean;
  openRelay(clientPort: number): Promise<RtpRelay>;
}

type Translate = (item: RtspItem) => RtspItem | undefined | Promise<RtspItem | undefined>;

/** One client's connection through the proxy, with the ports in its messages changed to those of the proxy. */
export class RtspProxyConnection {
  readonly #options: RtspProxyConnectionOptions;
  readonly #relays: RtpRelay[] = [];
  /** Of the requests that are not answered yet, in order. */
  readonly #asked: (RtpRelay | undefined)[] = [];

  constructor(options: RtspProxyConnectionOptions) {
    this.#options = options;
    const { client, server } = options;
    pass(client, server, (item) => this.#toServer(item));
    pass(server, client, (item) => this.#toClient(item));
    for (const socket of [client, server]) socket.on("error", () => {}).on("close", () => this.close());
  }

  /** Idempotent. */
  close(): void {
    this.#options.client.destroy();
    this.#options.server.destroy();
    for (const relay of this.#relays) relay.close();
  }

  async #toServer(item: RtspItem): Promise<RtspItem> {
    if (item.kind !== "request") return item;
    const clientPort = portIn(item.headers, "client_port");
    const relay = clientPort === undefined ? undefined : await this.#options.openRelay(clientPort);
    this.#asked.push(relay);
    if (!relay) return item;
    this.#relays.push(relay);
    // The client may have gone meanwhile.
    if (this.#options.client.destroyed) relay.close();
    return { ...item, headers: withPorts(item.headers, { client_port: relay.portForServer }) };
  }

  #toClient(item: RtspItem): RtspItem | undefined {
    // Media have the even channels, reports the odd ones.
    if (item.kind === "interleaved" && item.channel % 2 === 0 && !this.#options.mediaPass()) return undefined;
    if (item.kind !== "response") return item;
    const relay = this.#asked.shift();
    const serverPort = portIn(item.headers, "server_port");
    if (!relay || serverPort === undefined) return item;
    relay.serverPort = serverPort;
    const ports = { client_port: relay.clientPort, server_port: relay.portForClient };
    return { ...item, headers: withPorts(item.headers, ports) };
  }
}

/** Passes on what comes from one to the other, in order. */
function pass(from: Socket, to: Socket, translate: Translate): void {
  const parser = new RtspMessageParser();
  let before = Promise.resolve();
  from.on("data", (bytes) => {
    parser.push(bytes, (item) => {
      before = before.then(async () => {
        const translated = await translate(item);
        if (translated && to.writable) to.write(bytesOf(translated));
      });
    });
  });
}

function bytesOf(item: RtspItem): Buffer {
  if (item.kind === "interleaved") return Buffer.concat([interleavedHead(item.channel, item.data.length), item.data]);
  const headers = new RtspHeaders();
  // It is written anew.
  for (const { name, value } of item.headers) if (!/^content-length$/i.test(name)) headers.append(name, value);
  return item.kind === "request" ? formatRequest({ ...item, headers }) : formatResponse({ ...item, headers });
}

/** The first of the two ports of that name in the `Transport` header. */
function portIn(headers: RtspHeaders, name: string): number | undefined {
  const port = new RegExp(`${name}=(\\d+)`, "i").exec(headers.get("Transport") ?? "")?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The same headers with other ports in `Transport`. */
function withPorts(headers: RtspHeaders, ports: Readonly<Record<string, number>>): RtspHeaders {
  const changed = new RtspHeaders();
  for (const { name, value } of headers) {
    let text = value;
    if (/^transport$/i.test(name)) {
      for (const [key, port] of Object.entries(ports)) {
        text = text.replace(new RegExp(`${key}=\\d+(-\\d+)?`, "gi"), `${key}=${port}-${port + 1}`);
      }
    }
    changed.append(name, text);
  }
  return changed;
}
