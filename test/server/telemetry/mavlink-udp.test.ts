import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, it, vi } from "vitest";
import * as udpSocket from "../../../lib/udp-socket.js";
import { MavlinkUdp } from "../../../server/telemetry/mavlink-udp.js";
import type { LinkPeer } from "../../../server/telemetry/telemetry-link.js";

it("answers nobody who sends from port 0, as a forged datagram can", async () => {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  vi.spyOn(udpSocket, "openUdpSocket").mockResolvedValue(socket);
  const end = new AbortController();
  const peers: LinkPeer[] = [];
  const opened = new Promise<void>((resolve) => {
    const sink = {
      opened: () => resolve(),
      datagram: (_: Buffer, peer: LinkPeer) => peers.push(peer),
      stream: () => {},
    };
    void new MavlinkUdp("mavlink-udp://:0", { kind: "udp", host: undefined, port: 0 }).run(sink, end.signal);
  });
  await opened;
  socket.emit("message", Buffer.of(1), { address: "127.0.0.1", port: 0, family: "IPv4", size: 1 });
  expect(peers).toHaveLength(1);
  expect(() => peers[0]?.send(Buffer.of(1))).not.toThrow();
  const closed = once(socket, "close");
  end.abort();
  await closed;
});
