import { isIP } from "node:net";
import { StreamError } from "../errors.js";
import { noteReceiveBuffer } from "../receive-buffer.js";
import { RTP_HEADER_BYTES } from "../rtp/packet.js";
import type { Pair, Transport } from "../rtsp/transport-header.js";
import { openUdpPair } from "../udp-pair.js";
import { closeUdpSockets } from "../udp-socket.js";
import { plainAddress, type RtspTransport, type RtspTransportOptions } from "./rtsp-transport.js";

/** Version 2 and nothing else: opens the way back through a firewall, and means nothing to anybody. */
const EMPTY_RTP = Buffer.concat([Buffer.of(0x80), Buffer.alloc(RTP_HEADER_BYTES - 1)]);
const EMPTY_RTCP = Buffer.of(0x80, 201, 0, 1, 0, 0, 0, 0);
const ANYWHERE = ["0.0.0.0", "::"];

/** Who may send to us. */
interface Server {
  addresses: readonly string[];
  /** Undefined where the server does not tell them. */
  ports: Pair | undefined;
}

/**
 * RTP by unicast over UDP, to a pair of ports on the address that the RTSP connection has here. Only the server is
 * listened to: others could show us pictures, or end the stream.
 *
 * @throws StreamError `connect-failed` where no ports can be had
 * @see RFC 2326 section 12.39, RFC 3550 section 11
 */
export async function openUdpTransport(options: RtspTransportOptions): Promise<RtspTransport> {
  const { connection, sink, context } = options;
  const sockets = await openUdpPair(plainAddress(connection.socket.localAddress));
  const clientPort: Pair = [sockets[0].address().port, sockets[1].address().port];
  const peer = plainAddress(connection.socket.remoteAddress);
  let server: Server = { addresses: [peer], ports: undefined };
  noteReceiveBuffer(sockets[0], context.logger);
  const takers = [sink.rtp, sink.rtcp].map((take) => take.bind(sink));
  for (const [index, socket] of sockets.entries()) {
    const take = takers[index] as (packet: Buffer) => void;
    socket.on("message", (bytes, { address, port }) => {
      if (isFrom(server, index, { address: plainAddress(address), port })) take(bytes);
    });
    socket.on("error", (cause) => {
      sink.failed(new StreamError("connection-lost", `UDP port ${clientPort[index]}: ${cause.message}`, { cause }));
    });
  }
  const send = (index: 0 | 1, packet: Buffer): void => {
    const port = server.ports?.[index];
    if (!port) return;
    // Behind a NAT a server may tell an address that only it knows. What cannot be sent now is followed by more.
    for (const address of server.addresses) sockets[index].send(packet, port, address, () => {});
  };
  return {
    name: "udp",
    offer: { protocol: "udp", multicast: false, clientPort },
    agree(answer) {
      server = serverOf(answer, peer);
      send(0, EMPTY_RTP);
      send(1, EMPTY_RTCP);
    },
    sendRtcp: (packet) => send(1, packet),
    close: () => closeUdpSockets(sockets),
  };
}

function serverOf({ source, serverPort }: Transport, peer: string): Server {
  const told = plainAddress(source);
  const isOther = isIP(told) !== 0 && told !== peer && !ANYWHERE.includes(told);
  // Some servers write 0 for ports that they do not tell.
  return { addresses: isOther ? [told, peer] : [peer], ports: serverPort?.[0] ? serverPort : undefined };
}

function isFrom({ addresses, ports }: Server, index: number, { address, port }: { address: string; port: number }) {
  // Link-local addresses of IPv6 come with their interface, or without.
  const plain = address.replace(/%.*/, "");
  return (
    addresses.some((known) => known.replace(/%.*/, "") === plain) && (ports === undefined || ports[index] === port)
  );
}
