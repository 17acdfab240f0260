import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { RtspConnection } from "../../../lib/rtsp/client-connection.js";
import { parseRtspUrl } from "../../../lib/rtsp/rtsp-url.js";
import { FakeClock } from "../../support/fake-clock.js";
import { connect, OPTIONS, open, serve } from "../../support/rtsp-connection.js";
import { startRtspServer } from "../../support/rtsp-server.js";

const plain = (text: string): Buffer => Buffer.from(text.replaceAll("\n", "\r\n"));

describe("an RTSP connection", () => {
  it("sends requests as the standard has them", async () => {
    const { server, connection, url } = await connect();
    await connection.request("ANNOUNCE", url, {
      headers: { "Content-Type": "application/sdp" },
      body: Buffer.from("v=0"),
    });
    const [request] = server.requests;
    expect({ ...request, headers: [...(request?.headers ?? [])] }).toEqual({
      ...{ kind: "request", method: "ANNOUNCE", url, version: "RTSP/1.0", body: Buffer.from("v=0") },
      headers: [
        { name: "CSeq", value: "1" },
        { name: "User-Agent", value: "glasslink" },
        { name: "Content-Type", value: "application/sdp" },
        { name: "Content-Length", value: "3" },
      ],
    });
  });

  it("gives each of several requests its own answer, in whatever order they come", async () => {
    const { connection, url } = await connect({
      answer: ({ headers }, client) => {
        if (headers.get("CSeq") === "1") return "nothing";
        client.socket.write(plain("RTSP/1.0 200 OK\nCSeq: 2\nX: second\n\nRTSP/1.0 404 Gone\nCseq: 1\nX: first\n\n"));
        return "nothing";
      },
    });
    const answers = await Promise.all([connection.request("PLAY", url), connection.request("PAUSE", url)]);
    expect(answers.map(({ status, headers }) => [status, headers.get("x")])).toEqual([
      [404, "first"],
      [200, "second"],
    ]);
  });

  it("takes an answer without a number for the one that is awaited", async () => {
    const { ask } = await connect({ answer: () => ({ headers: { CSeq: undefined, X: "y" } }) });
    expect((await ask()).headers.get("X")).toBe("y");
  });

  it("passes over answers to nothing, and those that only announce one", async () => {
    const head = "RTSP/1.0 200 OK\nCSeq: 77\n\nRTSP/1.0 100 Continue\nCSeq: 1\n\n";
    const { ask } = await connect({ answer: () => plain(`${head}RTSP/1.0 200 Fine, fine\nCSeq: 1\n\n`) });
    expect((await ask()).reason).toBe("Fine, fine");
  });

  it("keeps the session and its timeout, which servers may tell only once", async () => {
    const told = ["aB-9 ; Timeout=15", "aB-9", undefined];
    const { server, connection, ask } = await connect({ answer: () => ({ headers: { Session: told.shift() } }) });
    expect(connection.session).toBeUndefined();
    for (const method of ["SETUP", "PLAY", "PAUSE"]) {
      await ask(method);
      expect(connection.session).toEqual({ id: "aB-9", timeoutMs: 15_000 });
    }
    expect(server.requests.map(({ headers }) => headers.get("Session"))).toEqual([undefined, "aB-9", "aB-9"]);
  });

  it.each(["7", "7;timeout=0", "7;timeout=soon"])(
    "takes a minute for the timeout of the session %s",
    async (session) => {
      const { connection, ask } = await connect({ answer: () => ({ headers: { Session: session } }) });
      await ask("SETUP");
      expect(connection.session).toEqual({ id: "7", timeoutMs: 60_000 });
    },
  );

  it("hands on interleaved frames between answers", async () => {
    const frame = Buffer.from([0x24, 3, 0, 2, 8, 9]);
    const { connection, ask } = await connect({
      answer: () => Buffer.concat([frame, plain("RTSP/1.0 200 OK\nCSeq: 1\n\n"), frame]),
    });
    const frames: [number, Buffer][] = [];
    connection.onInterleaved = (channel, data) => void frames.push([channel, data]);
    await ask();
    expect(frames).toEqual(Array(2).fill([3, Buffer.from([8, 9])]));
  });

  it("answers the server's own requests", async () => {
    const { server, connection, ask } = await connect();
    const asked: string[] = [];
    connection.onRequest = ({ method }) => void asked.push(method);
    const methods = ["OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE", "REDIRECT", "TEARDOWN", "DESCRIBE"];
    await ask();
    for (const method of methods) server.newest?.ask(method, { Session: "5" });
    await ask();
    expect(asked).toEqual(methods);
    expect(server.newest?.responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 501]);
    const [options] = server.newest?.responses ?? [];
    expect([options?.headers.get("CSeq"), options?.headers.get("Session")]).toEqual(["900", "5"]);
    expect(options?.headers.get("Public")).toContain("GET_PARAMETER");
  });
});

describe("an RTSP connection's end", () => {
  it("is told to whoever waits for an answer, when the server hangs up", async () => {
    const { server, connection, ask } = await connect({ answer: () => "hang-up" });
    const reason = {
      code: "connection-lost",
      message: expect.stringContaining(`rtsp://127.0.0.1:${server.port}/stream: `),
    };
    await expect(ask()).rejects.toMatchObject(reason);
    expect(await connection.closed).toMatchObject(reason);
    await expect(ask()).rejects.toMatchObject(reason);
  });

  it.each([
    ["HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"],
    ["\x00\x01\x02", "no RTSP"],
    ["RTSP/1.0 200 OK\r\nContent-Length: 999999\r\n\r\n", "999999"],
  ])("comes with bytes that are no RTSP: %j", async (bytes, said) => {
    const { connection, ask } = await connect({ answer: () => Buffer.from(bytes) });
    await expect(ask()).rejects.toMatchObject({ code: "invalid-data", message: expect.stringContaining(said) });
    expect((await connection.closed).code).toBe("invalid-data");
    expect(connection.socket.destroyed).toBe(true);
  });

  it("is ours when we close it", async () => {
    const { connection, ask } = await connect({ answer: () => "nothing" });
    const answer = ask();
    connection.close();
    connection.close();
    await expect(answer).rejects.toMatchObject({ code: "closed" });
    expect((await connection.closed).code).toBe("closed");
  });

  it("does not follow from a missing answer, which is told in time", async () => {
    const clock = new FakeClock();
    const server = await serve({ answer: ({ method }) => (method === "PLAY" ? "nothing" : undefined) });
    const connection = await open(server, { clock });
    const silence = connection.request("PLAY", "*", { timeoutMs: 700 });
    clock.advance(700);
    await expect(silence).rejects.toMatchObject({
      code: "connect-failed",
      message: expect.stringContaining("no answer to PLAY within 700 ms"),
    });
    expect((await connection.request("OPTIONS", "*")).status).toBe(200);
    expect(clock.waiting).toBe(0);
  });
});

describe("opening an RTSP connection", () => {
  it("tells that nobody listens", async () => {
    const server = await startRtspServer();
    const url = parseRtspUrl(server.url);
    await server[Symbol.asyncDispose]();
    await expect(RtspConnection.open({ ...OPTIONS, url })).rejects.toMatchObject({
      code: "connect-failed",
      message: expect.stringContaining("connection refused"),
    });
  });

  it("ends with its signal", async () => {
    const server = await serve();
    const end = new AbortController();
    const opening = RtspConnection.open({ ...OPTIONS, url: parseRtspUrl(server.url), signal: end.signal });
    end.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });

  it("ends in time where TLS is not answered", async () => {
    const clock = new FakeClock();
    const server = await serve();
    const url = parseRtspUrl(server.url.replace("rtsp:", "rtsps:"));
    const opening = RtspConnection.open({ ...OPTIONS, clock, url });
    clock.advance(5_000);
    await expect(opening).rejects.toMatchObject({
      code: "connect-failed",
      message: expect.stringContaining("no answer within 5000 ms"),
    });
    expect(clock.waiting).toBe(0);
  });

  it("refuses a certificate that nobody vouches for, unless told otherwise", async () => {
    const server = await serve({ secure: true });
    await expect(open(server)).rejects.toMatchObject({
      code: "connect-failed",
      message: expect.stringMatching(/certificate is not trusted: self-signed certificate; \?insecure=1/),
    });
    const connection = await open(server, { insecure: true });
    expect((await connection.request("OPTIONS", "*")).status).toBe(200);
  });
});

describe("an RTSP connection whose server floods it", () => {
  it("piles up no answers that nobody reads", async () => {
    const { server, connection, ask } = await connect();
    await ask();
    const { socket } = connection;
    let asked = 0;
    connection.onRequest = () => {
      asked++;
    };
    // As if the kernel took nothing any more.
    socket.cork();
    for (let count = 0; count < 2_000; count++) server.newest?.ask("OPTIONS");
    while (asked < 2_000) await once(socket, "data");
    expect(socket.writableLength).toBeLessThan(80 * 1024);
    socket.uncork();
  });
});
