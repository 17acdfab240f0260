import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Authenticator } from "../../../lib/auth/authenticator.js";
import { ClientAuthorization } from "../../../lib/auth/client-authorization.js";
import type { RtspHeaders } from "../../../lib/rtsp/message.js";
import { FakeClock } from "../../support/fake-clock.js";
import type { RtspPeer } from "../../support/rtsp-peer.js";
import { ServerStage, TCP } from "./server-stage.js";

const KNOWN = { username: "pilot", password: "s3cret" };

function protectedStage(): Promise<ServerStage> {
  return ServerStage.open({ authenticator: new Authenticator(KNOWN, new FakeClock()) });
}

async function describeAs(peer: RtspPeer, url: string, authorization?: string) {
  return peer.request(
    "DESCRIBE",
    url,
    authorization === undefined ? {} : { headers: { Authorization: authorization } },
  );
}

/** What a client that knows just this scheme answers. */
function answerTo(headers: RtspHeaders, scheme: RegExp, url: string, credentials = KNOWN): string {
  const authorization = new ClientAuthorization(credentials);
  const offered = headers.all("WWW-Authenticate").filter((challenge) => scheme.test(challenge));
  authorization.challenged(offered);
  return authorization.header("DESCRIBE", url) ?? "";
}

describe("a path with a password", () => {
  it("offers SHA-256 first and MD5 last", async () => {
    await using stage = await protectedStage();
    using peer = await stage.connect();
    const { status, headers } = await describeAs(peer, stage.url);
    expect(status).toBe(401);
    const offered = headers.all("WWW-Authenticate").map((text) => text.replace(/nonce="[^"]*"/, "nonce"));
    expect(offered).toEqual([
      'Digest realm="glasslink", nonce, qop="auth", algorithm=SHA-256',
      'Basic realm="glasslink"',
      'Digest realm="glasslink", nonce, qop="auth", algorithm=MD5',
    ]);
  });

  it.each([["SHA-256"], ["MD5"], ["Basic"]])("lets in who knows it: %s", async (scheme) => {
    await using stage = await protectedStage();
    using peer = await stage.connect();
    const { headers } = await describeAs(peer, stage.url);
    const authorization = answerTo(headers, new RegExp(scheme), stage.url);
    expect((await describeAs(peer, stage.url, authorization)).status).toBe(200);
  });

  it.each([["SHA-256"], ["MD5"], ["Basic"]])("closes after five wrong ones: %s", async (scheme) => {
    await using stage = await protectedStage();
    using peer = await stage.connect();
    const { headers } = await describeAs(peer, stage.url);
    const wrong = answerTo(headers, new RegExp(scheme), stage.url, { username: "pilot", password: "guess" });
    for (let index = 0; index < 5; index++) expect((await describeAs(peer, stage.url, wrong)).status).toBe(401);
    await peer.closed();
  });

  it("asks for SETUP's too, and tells OPTIONS to everybody", async () => {
    await using stage = await protectedStage();
    using peer = await stage.connect();
    expect((await peer.request("SETUP", stage.url, { headers: TCP })).status).toBe(401);
    expect((await peer.request("OPTIONS", stage.url)).status).toBe(200);
    expect(stage.path.sessions).toEqual([]);
  });
});

describe("an authenticator", () => {
  it("has its nonces answered anew after an hour, and takes no others", () => {
    const clock = new FakeClock();
    const authenticator = new Authenticator(KNOWN, clock);
    const client = new ClientAuthorization(KNOWN);
    client.challenged(authenticator.challenges(false));
    expect(authenticator.verify("PLAY", client.header("PLAY", "rtsp://h/s"))).toBe("granted");
    expect(authenticator.verify("SETUP", client.header("PLAY", "rtsp://h/s"))).toBe("refused");
    clock.advance(3_600_001);
    expect(authenticator.verify("PLAY", client.header("PLAY", "rtsp://h/s"))).toBe("stale");
    expect(authenticator.challenges(true)[0]).toContain("stale=true");
    const stranger = new Authenticator(KNOWN, clock);
    expect(stranger.verify("PLAY", client.header("PLAY", "rtsp://h/s"))).toBe("stale");
  });

  it("refuses whatever else it is given, without an error", () => {
    const authenticator = new Authenticator(KNOWN, new FakeClock());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `Digest ${text}`),
        ),
        (header) => {
          expect(authenticator.verify("PLAY", header)).not.toBe("granted");
        },
      ),
    );
    expect(authenticator.verify("PLAY", undefined)).toBe("refused");
  });
});

describe("a hostile client", () => {
  it.each<[string, string | Buffer, number]>([
    ["bytes that are no RTSP", Buffer.from([0xff, 0x00, 0x17]), 400],
    ["HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["a URL without an end", `DESCRIBE rtsp://${"x".repeat(5_000)}`, 414],
    ["headers without an end", `OPTIONS * RTSP/1.0\r\n${"X-Header: value\r\n".repeat(1_100)}`, 413],
    ["a hundred headers", `OPTIONS * RTSP/1.0\r\n${"X: y\r\n".repeat(100)}\r\n`, 413],
    ["a body of a gigabyte", "ANNOUNCE * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 999999999\r\n\r\n", 413],
    ["a body of negative length", "ANNOUNCE * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -1\r\n\r\n", 400],
    ["a header without a name", "OPTIONS * RTSP/1.0\r\n: x\r\n\r\n", 400],
  ])("is answered and let go: %s", async (_what, bytes, status) => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    peer.send(bytes);
    expect((await peer.response()).status).toBe(status);
    await peer.closed();
    using other = await stage.connect();
    expect((await other.request("OPTIONS", stage.url)).status).toBe(200);
  });

  it("is answered in order, however many requests come at once", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const count = 5_000;
    peer.send(Array.from({ length: count }, (_, index) => `OPTIONS * RTSP/1.0\r\nCSeq: ${index}\r\n\r\n`).join(""));
    for (let index = 0; index < count; index++) {
      expect((await peer.response()).headers.get("CSeq")).toBe(String(index));
    }
  });

  it("that never reads is read no more, and the others are served", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    peer.socket.pause();
    const request = Buffer.from("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(2_000));
    // Kernel buffers of both sides hold some megabytes; what is over stays with who sends it.
    const sent = 64 * 1024 * 1024;
    for (let bytes = 0; bytes < sent; bytes += request.length) peer.send(request);
    using other = await stage.connect();
    for (let turn = 0; turn < 200; turn++) expect((await other.request("OPTIONS", stage.url)).status).toBe(200);
    expect(peer.socket.writableLength).toBeGreaterThan(sent / 2);
  });

  it("that breaks the connection while an answer waits for it ends nobody else's", async () => {
    // More than the kernel takes.
    const body = "x".repeat(16 * 1024 * 1024);
    await using stage = await ServerStage.open({ describe: async () => body });
    const socket = connect(stage.server.port, "127.0.0.1");
    socket.write(`DESCRIBE ${stage.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`);
    await once(socket, "data");
    socket.resetAndDestroy();
    using other = await stage.connect();
    expect((await other.request("OPTIONS", stage.url)).status).toBe(200);
  });

  it.each([
    ["slashes", "/".repeat(4_000)],
    ["folders", "/a".repeat(2_000)],
    ["dots", `/${"a.".repeat(2_000)}`],
  ])(
    "costs little by a URL of many %s",
    async (_what, path) => {
      await using stage = await ServerStage.open();
      using peer = await stage.connect();
      const count = 200;
      peer.send(`DESCRIBE rtsp://h${path}x RTSP/1.0\r\nCSeq: 1\r\n\r\n`.repeat(count));
      for (let index = 0; index < count; index++) expect((await peer.response()).status).toBe(404);
    },
    2_000,
  );

  it("that connects again and again shuts nobody out", async () => {
    await using stage = await ServerStage.open({}, { maxConnections: 3 });
    using watcher = await stage.connect();
    await watcher.request("SETUP", `${stage.url}/stream=0`, { headers: TCP });
    const idle: RtspPeer[] = [];
    for (let index = 0; index < 6; index++) {
      idle.push(await stage.connect());
      stage.clock.advance(1);
    }
    using other = await stage.connect();
    expect((await other.request("OPTIONS", stage.url)).status).toBe(200);
    expect((await watcher.request("OPTIONS", stage.url)).status).toBe(200);
    await Promise.all(idle.slice(0, 5).map((peer) => peer.closed()));
  });

  it("that says nothing is let go after half a minute", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    await peer.request("OPTIONS", stage.url);
    stage.clock.advance(29_000);
    expect((await peer.request("OPTIONS", stage.url)).status).toBe(200);
    stage.clock.advance(40_000);
    await peer.closed();
  });

  it("ends no server, whatever it sends", async () => {
    await using stage = await ServerStage.open();
    const word = fc.constantFrom(
      "SETUP",
      "PLAY",
      " ",
      "\r\n",
      "RTSP/1.0",
      "CSeq: 1",
      stage.url,
      "Transport:",
      "$",
      "\0",
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.array(word, { maxLength: 40 }).map((words) => Buffer.from(words.join(""))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        using peer = await stage.connect();
        peer.socket.resume();
        peer.socket.end(sent);
        await peer.closed();
      }),
      { numRuns: 200 },
    );
    using other = await stage.connect();
    expect((await other.request("OPTIONS", stage.url)).status).toBe(200);
  });
});
