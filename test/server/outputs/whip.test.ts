import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { silentLogger } from "../../../lib/logger.js";
import { Hub } from "../../../server/hub.js";
import { openOutput } from "../../../server/outputs/index.js";
import { StreamStatus } from "../../../server/stream-status.js";
import { FakeClock } from "../../support/fake-clock.js";
import { freePort } from "../../support/free-port.js";
import { fingerprints } from "../../support/recording-sink.js";
import { RunningOutput } from "../support/run-output.js";
import { until } from "../support/sender-stage.js";
import { answerWhip, WhipServer, type WhipServerOptions } from "../support/whip-server.js";
import { webUnits } from "../web/support/web-units.js";

const UNITS = webUnits({ count: 20, gop: 10, bytes: 3_000 });
const BEFORE = UNITS.slice(0, 4);

const start = (url: string, clock = systemClock) => RunningOutput.start(url, clock, BEFORE);

describe("a camera that is pushed by WHIP", () => {
  it("arrives picture by picture, and ends its session", async () => {
    const server = await WhipServer.listen();
    const running = await start(`${server.url}?token=secret&room=7`);
    for (const unit of UNITS.slice(4)) running.hub.publish(unit);
    const [answerer] = server.answerers;
    await answerer?.arrived(UNITS.length);
    expect(answerer?.sink.data).toEqual(fingerprints(UNITS));
    expect(running.output.stats()).toMatchObject({ clients: 1, url: `${server.url}?room=7` });
    await running[Symbol.asyncDispose]();
    const authorization = "Bearer secret";
    expect(server.asked).toMatchObject([
      { method: "POST", path: "/whip/cam?room=7", headers: { authorization, "content-type": "application/sdp" } },
      { method: "DELETE", path: "/whip/cam/session", headers: { authorization } },
    ]);
    expect(server.asked[0]?.body).not.toContain("a=candidate");
    await server[Symbol.asyncDispose]();
  });

  it("goes where it is redirected to", async () => {
    const answer: WhipServerOptions["answer"] = (asked, response, to) => {
      if (asked.path !== "/whip/cam") return answerWhip(asked, response, to);
      response.writeHead(307, { Location: "/other/cam" }).end();
    };
    await using server = await WhipServer.listen({ answer });
    const running = await start(`${server.url}?token=secret`);
    await running[Symbol.asyncDispose]();
    expect(server.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ["/whip/cam", "Bearer secret"],
      ["/other/cam", "Bearer secret"],
      ["/other/cam/session", "Bearer secret"],
    ]);
  });

  it("tells its token to no other host", async () => {
    await using other = await WhipServer.listen({ answer: (_asked, response) => void response.writeHead(401).end() });
    const elsewhere = `http://me:it@127.0.0.1:${other.port}/whip`;
    const answer: WhipServerOptions["answer"] = (_asked, to) => void to.writeHead(308, { Location: elsewhere }).end();
    await using server = await WhipServer.listen({ answer });
    const refused = { code: "unauthorized", message: expect.stringContaining("where the token does not go") };
    await expect(start(`${server.url}?token=secret`)).rejects.toMatchObject(refused);
    expect(other.asked[0]).toMatchObject({ method: "POST", path: "/whip" });
    expect(other.asked[0]?.headers.authorization).toBeUndefined();
  });

  it("goes by TLS, with a certificate that nobody vouches for only where that is allowed", async () => {
    await using server = await WhipServer.listen({ tls: true });
    const refused = { code: "connect-failed", message: expect.stringContaining("insecure=1 takes it") };
    await expect(start(server.url)).rejects.toMatchObject(refused);
    const plain = { code: "connect-failed", message: expect.stringContaining("speaks no TLS at this port") };
    await using http = await WhipServer.listen();
    await expect(start(http.url.replace("whip+http:", "whip+https:"))).rejects.toMatchObject(plain);
    await using running = await start(`${server.url}?insecure=1`);
    expect(running.output.stats().clients).toBe(1);
  });

  it("does not wait long for an answer to its goodbye", async () => {
    const answer: WhipServerOptions["answer"] = (asked, response, to) =>
      asked.method === "DELETE" ? undefined : answerWhip(asked, response, to);
    await using server = await WhipServer.listen({ answer });
    const clock = new FakeClock();
    const running = await start(server.url, clock);
    const ended = running[Symbol.asyncDispose]();
    await until(() => server.asked.length === 2);
    clock.advance(1_000);
    await ended;
    expect(clock.waiting).toBe(0);
  });
});

describe("a push by WHIP that fails says why", () => {
  it.each([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "connect-failed"],
    [409, "connect-failed"],
    [500, "connect-failed"],
    [503, "connect-failed"],
    [302, "connect-failed"],
    [400, "unsupported"],
    [405, "unsupported"],
    [406, "unsupported"],
    [415, "unsupported"],
  ])("status %i", async (status, code) => {
    const answer: WhipServerOptions["answer"] = (_asked, response) =>
      void response.writeHead(status, { "Content-Type": "text/plain" }).end("it is\nso");
    await using server = await WhipServer.listen({ answer });
    const advice = status === 401 ? "; --token or token= in the URL gives it" : "";
    const message = `${server.url}: the server answers ${status}: it is so${advice}`;
    await expect(start(server.url)).rejects.toMatchObject({ code, message, details: { status } });
  });

  it("and never by the token that the server repeats, nor by what a terminal would obey", async () => {
    const answer: WhipServerOptions["answer"] = ({ headers }, response) =>
      void response.writeHead(500, { "Content-Type": "text/plain" }).end(`${headers.authorization}\u001b[2J`);
    await using server = await WhipServer.listen({ answer });
    const message = `${server.url}: the server answers 500: Bearer *** [2J`;
    await expect(start(`${server.url}?token=open-sesame`)).rejects.toMatchObject({ message });
  });

  it.each([
    ["307 without Location", 307, {}, "invalid-data"],
    ["a Location that is no address", 307, { Location: "http://[" }, "invalid-data"],
    ["a Location that is not HTTP", 308, { Location: "ftp://host/" }, "invalid-data"],
    ["a redirection without end", 307, { Location: "/whip/cam" }, "connect-failed"],
    ["an answer that is no SDP", 201, { Location: "/a" }, "invalid-data"],
  ])("%s", async (_what, status, headers, code) => {
    const answer: WhipServerOptions["answer"] = (_asked, response) =>
      void response.writeHead(status, headers).end("hello");
    await using server = await WhipServer.listen({ answer });
    await expect(start(server.url)).rejects.toMatchObject({ code });
    // A session that was begun is ended.
    expect(server.asked.at(-1)?.method).toBe(status === 201 ? "DELETE" : "POST");
    expect(server.asked.length).toBeLessThan(6);
  });

  it("nobody is there", async () => {
    const refused = {
      code: "connect-failed",
      message: expect.stringContaining("connection refused; is the server running"),
    };
    await expect(start(`whip+http://127.0.0.1:${await freePort()}/whip`)).rejects.toMatchObject(refused);
  });

  it("an answer that is too large", async () => {
    const answer: WhipServerOptions["answer"] = (_asked, response) =>
      void response.writeHead(201).end("a".repeat(300_000));
    await using server = await WhipServer.listen({ answer });
    const refused = { code: "connect-failed", message: expect.stringContaining("larger than 256 KiB") };
    await expect(start(server.url)).rejects.toMatchObject(refused);
  });

  it.each([
    ["no answer", () => {}],
    ["half an answer", (response: { write(text: string): void }) => response.write("v=0")],
  ])("%s within 5 s", async (_what, act) => {
    await using server = await WhipServer.listen({ answer: (_asked, response) => act(response) });
    const clock = new FakeClock();
    const started = start(server.url, clock);
    const late = { code: "connect-failed", message: expect.stringContaining("no whole answer within 5000 ms") };
    const refused = expect(started).rejects.toMatchObject(late);
    await until(() => server.asked.length > 0);
    clock.advance(5_000);
    await refused;
    expect(clock.waiting).toBe(0);
  });

  it("an answer that breaks off", async () => {
    const answer: WhipServerOptions["answer"] = (_asked, response) => {
      response.writeHead(201, { "Content-Length": 500 }).write("v=0");
      setImmediate(() => response.destroy());
    };
    await using server = await WhipServer.listen({ answer });
    await expect(start(server.url)).rejects.toMatchObject({ code: "connect-failed" });
  });
});

describe("a server that says no is not asked again", () => {
  it.each([
    ["for half a second", {}, 500],
    ["for as long as it wishes", { "Retry-After": "3" }, 3_000],
    ["for 30 s, however long it wishes", { "Retry-After": "86400" }, 30_000],
    ["for half a second, where its wish cannot be read", { "Retry-After": "soon" }, 500],
  ])("%s", async (_what, headers, pauseMs) => {
    await using server = await WhipServer.listen({ answer: (_asked, to) => void to.writeHead(503, headers).end() });
    const { gop } = new Hub();
    for (const unit of BEFORE) gop.add(unit);
    const clock = new FakeClock();
    const status = new StreamStatus(() => "a camera");
    const context = { clock, logger: silentLogger, gop, status, ready: () => {}, warning: () => {} };
    const output = openOutput(server.url);
    const { signal } = new AbortController();
    await expect(output.run(context, signal)).rejects.toMatchObject({ code: "connect-failed" });
    const again = expect(output.run(context, signal)).rejects.toMatchObject({ code: "connect-failed" });
    // It loads what it needs before it waits.
    await until(() => clock.waiting > 0);
    clock.advance(pauseMs - 1);
    expect(server.asked).toHaveLength(1);
    clock.advance(1);
    await again;
    expect(server.asked).toHaveLength(2);
  });
});
