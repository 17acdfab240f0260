import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A UDP port of this machine that nobody has at the moment. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind();
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
