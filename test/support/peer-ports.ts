import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";

/** The interface that leads nowhere but to this machine. */
export const LOOPBACK = Object.entries(networkInterfaces()).find(([, all]) => all?.[0]?.internal)?.[0] ?? "lo";

/** Ports handed out before: a test that runs at the same time may not have bound its own yet. */
const taken = new Set<number>();

/** A TCP port that nobody listens on. */
export async function freeTcpPort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    if (!taken.has(port)) return take(port);
  }
}

/** An even UDP port that nobody has bound, and neither has the next one, where RTP keeps its reports. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = await boundPort(0);
    if (port === undefined || port % 2 !== 0 || taken.has(port)) continue;
    if ((await boundPort(port + 1)) !== undefined) return take(port);
  }
}

async function boundPort(port: number): Promise<number | undefined> {
  const socket = createSocket("udp4").bind(port);
  try {
    await once(socket, "listening");
    return socket.address().port;
  } catch {
    return undefined;
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

function take(port: number): number {
  taken.add(port);
  return port;
}
