import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** A port that something here uses unless told otherwise. */
export interface PortCheck {
  port: number;
  protocol: "tcp" | "udp";
  use: string;
  free: boolean;
  /** Why not, where it is not simply in use. */
  problem?: string;
}

const PORTS = [
  { port: 8000, protocol: "tcp", use: "raw stream" },
  { port: 5000, protocol: "udp", use: "raw, MPEG-TS and RTP streams" },
  { port: 8554, protocol: "tcp", use: "RTSP" },
  { port: 8080, protocol: "tcp", use: "web page" },
  { port: 8001, protocol: "tcp", use: "telemetry" },
  { port: 9999, protocol: "udp", use: "chunked UDP" },
  { port: 8888, protocol: "tcp", use: "MJPEG over TCP" },
] as const;

/** Whether the default ports are free, found out by opening each. */
export function checkPorts(): Promise<PortCheck[]> {
  return Promise.all(PORTS.map(check));
}

async function check(entry: (typeof PORTS)[number]): Promise<PortCheck> {
  try {
    await (entry.protocol === "tcp" ? listenTcp(entry.port) : bindUdp(entry.port));
    return { ...entry, free: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ...entry, free: false, ...(code !== "EADDRINUSE" && { problem: message }) };
  }
}

async function listenTcp(port: number): Promise<void> {
  const server = createServer().listen(port);
  await once(server, "listening");
  await new Promise((resolve) => server.close(resolve));
}

async function bindUdp(port: number): Promise<void> {
  const socket = createSocket("udp4");
  try {
    socket.bind(port);
    await once(socket, "listening");
  } finally {
    socket.close();
  }
}
