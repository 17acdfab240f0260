import type { Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import { isMulticast } from "../network-interfaces.js";
import { noteReceiveBuffer } from "../receive-buffer.js";
import type { Pair, Transport } from "../rtsp/transport-header.js";
import { closeUdpSockets, openUdpSocket } from "../udp-socket.js";
import { joinGroup } from "./multicast-group.js";
import { plainAddress, type RtspTransport, type RtspTransportOptions } from "./rtsp-transport.js";

/** Where the packets go to. */
interface Group {
  address: string;
  family: 4 | 6;
  ports: Pair;
}

/**
 * RTP to a multicast group, which the server chooses: its answer to SETUP names it, else its description. The group is
 * joined on every interface.
 * @see RFC 2326 section 12.39
 */
export function openMulticastTransport(options: RtspTransportOptions): RtspTransport {
  const { sink, context } = options;
  const sockets: Socket[] = [];
  const memberships: Timer[] = [];
  let group: Group | undefined;

  const listen = async ({ address, family, ports }: Group, source: string | undefined): Promise<void> => {
    const takers = [sink.rtp, sink.rtcp].map((take) => take.bind(sink));
    for (const [index, port] of ports.entries()) {
      // Bound to the group, other groups' datagrams to the same port stay out; Windows allows only local addresses.
      const place = process.platform === "win32" ? (family === 6 ? "::" : "0.0.0.0") : address;
      const socket = await openUdpSocket({ address: place, port, family, shared: true });
      sockets.push(socket);
      memberships.push(joinGroup(socket, { address, family }, context.clock));
      socket.on("message", (bytes, sender) => {
        if (source === undefined || plainAddress(sender.address) === source) takers[index]?.(bytes);
      });
      socket.on("error", (cause) => {
        sink.failed(new StreamError("connection-lost", `multicast group ${address}: ${cause.message}`, { cause }));
      });
    }
  };

  return {
    name: "multicast",
    offer: { protocol: "udp", multicast: true },
    async agree(answer) {
      group = groupOf(answer, options);
      const source = isIP(answer.source ?? "") === 0 ? undefined : answer.source;
      await listen(group, source).catch((cause: Error) => {
        const message = `multicast group ${group?.address}, ports ${group?.ports.join(" and ")}: ${cause.message}`;
        throw new StreamError("connect-failed", message, { cause });
      });
      sockets[1]?.setMulticastTTL(Math.max(1, answer.ttl ?? 1));
      if (sockets[0]) noteReceiveBuffer(sockets[0], context.logger);
    },
    sendRtcp(packet) {
      if (group) sockets[1]?.send(packet, group.ports[1], group.address, () => {});
    },
    async close() {
      group = undefined;
      for (const membership of memberships) membership.cancel();
      await closeUdpSockets(sockets);
    },
  };
}

function groupOf(answer: Transport, { track }: RtspTransportOptions): Group {
  const address = answer.destination ?? track.address ?? "";
  const port = answer.port ?? (track.port === undefined ? undefined : ([track.port, track.port + 1] as const));
  if (isIP(address) === 0 || !isMulticast(address) || !port || port[0] === 0 || port[1] > 65_535) {
    const told = `address ${JSON.stringify(address)}, port ${port?.[0] ?? "none"}`;
    throw new StreamError("connect-failed", `the server names no multicast group that can be joined: ${told}`);
  }
  return { address, family: isIP(address) === 6 ? 6 : 4, ports: port };
}
