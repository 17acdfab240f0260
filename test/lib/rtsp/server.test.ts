import { describe, expect, it } from "vitest";
import type { RtspPeer } from "../../support/rtsp-peer.js";
import { ServerStage, StandInPath, type StandInSession, TCP, UDP } from "./server-stage.js";

/** Sets a session up; gives its header. */
async function setUp(peer: RtspPeer, url: string, headers: Record<string, string> = TCP): Promise<{ Session: string }> {
  const { headers: reply } = await peer.request("SETUP", `${url}/stream=0`, { headers });
  return { Session: reply.get("Session")?.split(";")[0] ?? "" };
}

const started = (stage: ServerStage): StandInSession => stage.path.sessions[0] as StandInSession;

describe("a session", () => {
  it("goes from OPTIONS to TEARDOWN", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const options = await peer.request("OPTIONS", stage.url);
    expect(options.headers.get("Public")).toBe(
      "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN",
    );
    const description = await peer.request("DESCRIBE", `${stage.url}/?token=1`, {
      headers: { Accept: "application/sdp" },
    });
    expect(description.body.toString()).toBe("v=0\r\n");
    expect(description.headers.get("Content-Base")).toBe(`${stage.url}/`);
    const setup = await peer.request("SETUP", `${stage.url}/stream=0`, { headers: TCP });
    expect(setup.headers.get("Session")).toMatch(/^[0-9a-f]{16};timeout=60$/);
    expect(setup.headers.get("Transport")).toBe("RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000ABC");
    expect(started(stage).setups[0]).toMatchObject({ track: "stream=0", url: `${stage.url}/stream=0` });
    const session = { headers: { Session: setup.headers.get("Session")?.split(";")[0] ?? "" } };
    const play = await peer.request("PLAY", stage.url, session);
    expect(play.headers.get("RTP-Info")).toBe("url=rtsp://host/stream/stream=0;seq=7;rtptime=9");
    for (const method of ["PAUSE", "PLAY", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN"]) {
      expect((await peer.request(method, stage.url, session)).status, method).toBe(200);
    }
    expect(started(stage).calls).toEqual(["setup", "play", "start", "pause", "play", "start", "close"]);
    expect((await peer.request("PLAY", stage.url, session)).status).toBe(454);
  });

  it("is fed the frames of its channels, and no others", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const headers = { Transport: "RTP/AVP/TCP;unicast;interleaved=4-5" };
    const session = await setUp(peer, stage.url, headers);
    peer.send(Buffer.from([0x24, 9, 0, 1, 1, 0x24, 5, 0, 2, 7, 8, 0x24, 4, 0, 0]));
    await peer.request("GET_PARAMETER", stage.url, { headers: session });
    expect(started(stage).received).toEqual([
      { channel: 5, data: Buffer.from([7, 8]) },
      { channel: 4, data: Buffer.alloc(0) },
    ]);
  });

  it("ends with its connection", async () => {
    await using stage = await ServerStage.open();
    const peer = await stage.connect();
    await setUp(peer, stage.url);
    const ended = new Promise<void>((resolve) => {
      started(stage).close = resolve;
    });
    peer.socket.destroy();
    await ended;
  });

  it("ends when its path is served no more", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    await setUp(peer, stage.url);
    stage.server.remove(stage.path);
    await peer.closed();
    expect(started(stage).calls).toEqual(["setup", "close"]);
  });

  it("belongs to the connection that set it up", async () => {
    await using stage = await ServerStage.open();
    using owner = await stage.connect();
    const session = await setUp(owner, stage.url);
    using other = await stage.connect();
    for (const method of ["PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SETUP"]) {
      const headers = { ...session, ...TCP };
      expect((await other.request(method, stage.url, { headers })).status, method).toBe(454);
    }
    expect((await owner.request("PLAY", stage.url, { headers: session })).status).toBe(200);
  });

  it("lives for a minute and ten seconds after the last sign of life", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const session = await setUp(peer, stage.url, UDP);
    stage.clock.advance(60_000);
    await peer.request("GET_PARAMETER", stage.url, { headers: session });
    stage.clock.advance(60_000);
    started(stage).aliveAtMs = stage.clock.now();
    stage.clock.advance(65_000);
    expect(started(stage).calls).not.toContain("close");
    stage.clock.advance(15_000);
    await peer.closed();
    expect(started(stage).calls).toContain("close");
  });

  it("lives as long as its connection where RTP goes through it", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const session = await setUp(peer, stage.url);
    started(stage).livesByConnection = true;
    stage.clock.advance(600_000);
    expect((await peer.request("PLAY", stage.url, { headers: session })).status).toBe(200);
  });
});

describe("a request that cannot be met", () => {
  it.each<{
    what: string;
    status: number;
    method: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
  }>([
    { what: "an unknown method", status: 501, method: "BREW" },
    { what: "a name that every object has", status: 501, method: "CONSTRUCTOR" },
    { what: "an unknown path", status: 404, method: "DESCRIBE", path: "/nothing" },
    { what: "a path that only begins alike", status: 404, method: "DESCRIBE", path: "/streams" },
    { what: "a description in another format", status: 406, method: "DESCRIBE", headers: { Accept: "text/html" } },
    { what: "a publisher where none is taken", status: 405, method: "ANNOUNCE", body: "v=0" },
    { what: "no transport", status: 461, method: "SETUP" },
    { what: "an unknown transport", status: 461, method: "SETUP", headers: { Transport: "RTP/SAVP;unicast" } },
    { what: "PLAY without a session", status: 454, method: "PLAY" },
    { what: "a session that nobody has", status: 454, method: "PLAY", headers: { Session: "0123456789abcdef" } },
    { what: "a parameter", status: 451, method: "GET_PARAMETER", body: "jitter" },
    { what: "a feature that is not here", status: 551, method: "DESCRIBE", headers: { Require: "onvif-replay" } },
    { what: "a sequence number that is none", status: 400, method: "OPTIONS", headers: { CSeq: "one" } },
  ])("$status: $what", async ({ status, method, path = "/stream", headers = {}, body = "" }) => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const url = stage.url.replace("/stream", path);
    expect((await peer.request(method, url, { headers, body })).status).toBe(status);
    expect((await peer.request("OPTIONS", stage.url)).status).toBe(200);
  });

  it("455: in the wrong state", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const session = await setUp(peer, stage.url);
    await peer.request("PLAY", stage.url, { headers: session });
    expect((await peer.request("SETUP", stage.url, { headers: { ...session, ...TCP } })).status).toBe(455);
    expect((await peer.request("RECORD", stage.url, { headers: session })).status).toBe(455);
  });

  it("459: one session for two paths", async () => {
    await using stage = await ServerStage.open();
    stage.server.add(new StandInPath("/other"));
    using peer = await stage.connect();
    const headers = { ...(await setUp(peer, stage.url)), ...TCP };
    expect((await peer.request("SETUP", stage.url.replace("stream", "other"), { headers })).status).toBe(459);
  });

  it("453: a flood of sessions", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    const statuses = [];
    for (let index = 0; index < 8; index++) {
      statuses.push((await peer.request("SETUP", stage.url, { headers: UDP })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 453, 453, 453, 453]);
  });

  it("505 and 400: another version, no sequence number", async () => {
    await using stage = await ServerStage.open();
    using peer = await stage.connect();
    peer.send("OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\n\r\n");
    expect((await peer.response()).status).toBe(505);
    expect((await peer.response()).status).toBe(400);
  });
});

describe("paths", () => {
  it("are found by the longest that fits", async () => {
    await using stage = await ServerStage.open();
    const describe = async (): Promise<string> => "v=0\r\ns=deep\r\n";
    stage.server.add(new StandInPath("/stream/deep", { describe }));
    using peer = await stage.connect();
    expect((await peer.request("DESCRIBE", `${stage.url}/deep/x`)).body.toString()).toContain("deep");
    expect((await peer.request("DESCRIBE", `${stage.url}/deeper`)).body.toString()).toBe("v=0\r\n");
  });

  it("are served once", async () => {
    await using stage = await ServerStage.open();
    expect(() => stage.server.add(new StandInPath("/stream"))).toThrow(/serves the path "\/stream" already/);
  });
});
