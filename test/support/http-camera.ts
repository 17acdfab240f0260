import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { CERTIFICATE } from "./self-signed.js";

/** What was asked, as far as it matters. */
export interface HttpCameraRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
}

/** A web server of a test, in the shape of a camera's. */
export interface HttpCamera {
  /** Where it listens, without a slash behind. */
  origin: string;
  port: number;
  /** Every request that came. */
  requests: HttpCameraRequest[];
  /** Resolves when no connection is open. */
  left(): Promise<void>;
}

/** How it listens. */
export interface HttpCameraOptions {
  /** By a certificate that nobody vouches for. */
  secure?: boolean;
  host?: string;
}

/** Starts one that is gone when the test is over. */
export async function startHttpCamera(answer: RequestListener, options: HttpCameraOptions = {}): Promise<HttpCamera> {
  const { secure = false, host = "127.0.0.1" } = options;
  const requests: HttpCameraRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path, headers });
    answer(request, response);
  };
  const server: Server = secure ? createSecureServer(CERTIFICATE, listener) : createServer(listener);
  const sockets = new Set<Socket>();
  server.on(secure ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, host), "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  const left = async (): Promise<void> => {
    for (const socket of sockets) await new Promise((resolve) => socket.once("close", resolve));
  };
  return { origin: `${secure ? "https" : "http"}://${name}:${port}`, port, requests, left };
}
