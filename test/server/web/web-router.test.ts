import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { HttpError } from "../../../server/web/http-error.js";
import { OriginCheck } from "../../../server/web/origin-check.js";
import type { WebExchange, WebRoute } from "../../../server/web/web-route.js";
import { WebRouter } from "../../../server/web/web-router.js";
import { RecordingLogger } from "../../support/recording-logger.js";
import { askRaw } from "./support/ask-raw.js";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A server with one route, at `/a`. */
async function serve(handle: (exchange: WebExchange) => void | Promise<void>) {
  const logger = new RecordingLogger();
  const route: WebRoute = {
    ...{ methods: ["GET", "POST"], handle, close: async () => {} },
    matches: (pathname) => pathname === "/a",
    upgrade: () => {
      throw new Error("broken");
    },
  };
  const origins = new OriginCheck({ allowedOrigins: [], loopback: true });
  const router = new WebRouter({ routes: [route], origins, logger });
  const server = createServer((request, response) => void router.handle(request, response)).listen(0, "127.0.0.1");
  server.on("upgrade", (request, socket, head) => router.upgrade(request, socket as Socket, head));
  await once(server, "listening");
  cleanUps.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (head = "GET /a HTTP/1.1", headers = "Connection: close"): Promise<string> =>
    askRaw(port, `${head}\r\nHost: localhost\r\n${headers}\r\n\r\n`);
  return { router, logger, ask, port };
}

describe("router", () => {
  it("answers with the status, the headers and the one line that a route throws", async () => {
    const { ask, logger } = await serve(() => {
      throw new HttpError(503, "no camera", { "Retry-After": "1" });
    });
    const answer = await ask();
    expect(answer).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
    expect(answer).toContain("Retry-After: 1\r\n");
    expect(answer).toMatch(/\r\n\r\nno camera\n$/);
    expect(logger.lines).toEqual([]);
  });

  it("hides what is broken from the other side, but not from the log", async () => {
    const { ask, logger } = await serve(async () => {
      throw new Error("secret");
    });
    const answer = await ask();
    expect(answer).toMatch(/^HTTP\/1.1 500 /);
    expect(answer).not.toContain("secret");
    expect(await ask("GET /a HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket")).toMatch(/^HTTP\/1.1 500 /);
    expect(logger.lines).toEqual(["error web: a request failed: secret", "error web: a request failed: broken"]);
  });

  it("breaks an answer off that has begun", async () => {
    const { ask } = await serve(({ response }) => {
      response.writeHead(200, { "Content-Length": 100 }).write("half");
      throw new HttpError(503, "too late");
    });
    expect(await ask()).not.toContain("too late");
  });

  it("goes on when somebody asks for a WebSocket behind what is not answered yet, and closes that connection", async () => {
    let handled = 0;
    const { ask } = await serve(({ response }) => {
      if (++handled === 2) response.end("whole");
    });
    const upgrade = "GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket";
    expect(await ask("GET /a HTTP/1.1", `\r\n${upgrade}`)).toBe("");
    // Answered, but not sent yet.
    expect(await ask("GET /a HTTP/1.1", `\r\n${upgrade}`)).not.toContain("500");
    expect(await ask("GET /b HTTP/1.1", `\r\n${upgrade.replace("websocket", "h2c")}`)).not.toContain("500");
    expect(await ask("GET /b HTTP/1.1")).toMatch(/^HTTP\/1.1 404 /);
    expect(handled).toBe(2);
  });

  it("leads a connection to its WebSocket whose earlier answers are through", async () => {
    const { port } = await serve(({ response }) => void response.end("whole"));
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    cleanUps.push(() => socket.destroy());
    socket.write("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect((await once(socket, "data"))[0]).toMatch(/^HTTP\/1.1 200 /);
    socket.write("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    // The test's route has none to offer.
    expect((await once(socket, "data"))[0]).toMatch(/^HTTP\/1.1 500 /);
  });

  it("ends a connection that asked for another protocol and takes none of its answer", async () => {
    const { ask } = await serve(({ request }) => {
      // As Node.js tells it after a minute or two.
      request.socket.emit("timeout");
    });
    expect(await ask("GET /a HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c")).toBe("");
  });

  it("leads nobody anywhere once it is closed", async () => {
    let handled = 0;
    const { ask, router } = await serve(({ response }) => {
      handled++;
      response.end();
    });
    expect(await ask()).toMatch(/^HTTP\/1.1 200 /);
    router.close();
    expect(await ask()).toMatch(/^HTTP\/1.1 503 .*\r\n\r\nthe server is being closed\n$/s);
    expect(await ask("GET /a HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket")).toMatch(/^HTTP\/1.1 503 /);
    expect(handled).toBe(1);
  });

  it("finds nothing where no route is", async () => {
    const { ask } = await serve(() => {});
    expect(await ask("GET /b HTTP/1.1")).toMatch(/^HTTP\/1.1 404 .*\r\n\r\nthere is nothing at \/b\n$/s);
  });
});
