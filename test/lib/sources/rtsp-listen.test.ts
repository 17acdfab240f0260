import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../lib/clock.js";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { writeSdp } from "../../../lib/rtp/sdp.js";
import { interleavedHead } from "../../../lib/rtsp/message.js";
import { openRtspListenSource } from "../../../lib/sources/rtsp-listen.js";
import { FakeClock } from "../../support/fake-clock.js";
import { freePort } from "../../support/free-port.js";
import { makeStream } from "../../support/make-stream.js";
import { fingerprints } from "../../support/recording-sink.js";
import { RtspPeer } from "../../support/rtsp-peer.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { unitsOf } from "../../support/units-of.js";

const STREAM = { codec: "h264", width: 160, height: 120, fps: 30, frames: 30, gop: 10 } as const;
const TCP = { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record" };

/** A source that listens, and how its run ends. */
async function listen(options: { user?: string; clock?: Clock; enough?: (run: SourceRun) => boolean } = {}) {
  const port = await freePort();
  const { user = "", clock = systemClock, enough = () => false } = options;
  const source = openRtspListenSource(`rtsp://${user}127.0.0.1:${port}/cam?listen=1`, sourceContext({ clock }));
  let onConnected = (): void => {};
  const connected = new Promise<void>((resolve) => {
    onConnected = resolve;
  });
  const run = runSource(source, (so) => {
    if (so.connected.length > 0) onConnected();
    return enough(so);
  });
  return { port, url: `rtsp://127.0.0.1:${port}/cam`, run, connected };
}

/** The port is there a moment after the run began. */
async function reach(port: number): Promise<RtspPeer> {
  for (;;) {
    try {
      return await RtspPeer.connect(port);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function announcement(audio = ""): Promise<{ body: string; headers: Record<string, string> }> {
  const parameterSets = splitNalUnits(await makeStream(STREAM)).slice(0, 2);
  const sdp = writeSdp({ codec: "h264", address: "127.0.0.1", port: 0, control: "track=v", parameterSets });
  return { body: `${sdp}${audio}`, headers: { "Content-Type": "application/sdp" } };
}

/** Announces, sets up and records. */
async function publish(peer: RtspPeer, url: string, headers: Record<string, string> = TCP) {
  expect((await peer.request("ANNOUNCE", url, await announcement())).status).toBe(200);
  const setup = await peer.request("SETUP", `${url}/track=v`, { headers });
  const session = { headers: { Session: setup.headers.get("Session")?.split(";")[0] ?? "" } };
  return { setup, session, record: await peer.request("RECORD", url, session) };
}

async function packets(): Promise<Buffer[]> {
  const packetiser = new RtpPacketiser({ codec: "h264" });
  const units = unitsOf(await makeStream(STREAM), "h264");
  return units.flatMap((unit, index) => packetiser.packets(unit, index * 3_000));
}

describe("a publisher is received", () => {
  it.each(["tcp", "udp"])("ffmpeg, over %s", async (transport) => {
    const { url, port, run } = await listen({ enough: ({ units }) => units.length >= 20 });
    (await reach(port)).socket.destroy();
    const picture = ["-re", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=30"];
    const coder = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10"];
    const args = ["-v", "error", ...picture, ...coder, "-f", "rtsp", "-rtsp_transport", transport, url];
    const ffmpeg = spawn("ffmpeg", args, { stdio: ["ignore", "ignore", "pipe"] });
    const { units, connected, lost } = await run;
    ffmpeg.kill();
    await once(ffmpeg, "close");
    expect(connected).toEqual([
      { sameClock: true, description: expect.stringMatching(/^rtsp publisher 127\.0\.0\.1/) },
    ]);
    expect(units[0]).toMatchObject({ codec: "h264", keyframe: true });
    expect(units.length).toBeGreaterThanOrEqual(20);
    expect(lost).toBe(0);
  });

  it("through the connection: every picture, byte for byte", async () => {
    const sent = unitsOf(await makeStream(STREAM), "h264");
    const { url, port, run } = await listen({ enough: ({ units }) => units.length === sent.length });
    using peer = await reach(port);
    const { setup, record } = await publish(peer, url);
    expect(setup.headers.get("Transport")).toBe('RTP/AVP/TCP;unicast;interleaved=0-1;mode="RECORD"');
    expect(record.status).toBe(200);
    for (const packet of await packets()) peer.send(Buffer.concat([interleavedHead(0, packet.length), packet]));
    expect(fingerprints((await run).units)).toEqual(fingerprints(sent));
  });

  it("over UDP, and nobody else", async () => {
    const sent = unitsOf(await makeStream(STREAM), "h264");
    const { url, port, run, connected } = await listen({ enough: ({ units }) => units.length === sent.length });
    using peer = await reach(port);
    const { setup } = await publish(peer, url, { Transport: "RTP/AVP;unicast;client_port=40000-40001;mode=record" });
    const serverPort = Number(/server_port=(\d+)-/.exec(setup.headers.get("Transport") ?? "")?.[1]);
    await connected;
    const [socket, stranger] = [createSocket("udp4"), createSocket("udp4")];
    socket.bind(0, "127.0.0.1");
    stranger.bind(0, "127.0.0.2");
    await Promise.all([once(socket, "listening"), once(stranger, "listening")]);
    for (const packet of await packets()) {
      await new Promise((resolve) =>
        stranger.send(Buffer.from(packet).fill(0xee, 20), serverPort, "127.0.0.1", resolve),
      );
      await new Promise((resolve) => socket.send(packet, serverPort, "127.0.0.1", resolve));
    }
    expect(fingerprints((await run).units)).toEqual(fingerprints(sent));
    socket.close();
    stranger.close();
  });

  it("with a sound track, which is taken and left out", async () => {
    const { url, port, run } = await listen({ enough: ({ units }) => units.length === 3 });
    using peer = await reach(port);
    const audio = "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/44100\r\na=control:track=a\r\n";
    await peer.request("ANNOUNCE", url, await announcement(audio));
    const { headers } = await peer.request("SETUP", `${url}/track=v`, { headers: TCP });
    const Session = headers.get("Session") ?? "";
    const second = { Transport: "RTP/AVP/TCP;unicast;interleaved=2-3;mode=record", Session };
    expect((await peer.request("SETUP", `${url}/track=a`, { headers: second })).status).toBe(200);
    await peer.request("RECORD", url, { headers: { Session } });
    for (const packet of await packets()) {
      peer.send(Buffer.from([0x24, 2, 0, 4, 1, 2, 3, 4]));
      peer.send(Buffer.concat([interleavedHead(0, packet.length), packet]));
    }
    const sent = unitsOf(await makeStream(STREAM), "h264");
    expect(fingerprints((await run).units.slice(0, 3))).toEqual(fingerprints(sent.slice(0, 3)));
  });
});

describe("a publisher", () => {
  it("may say RECORD twice", async () => {
    const { url, port, run, connected } = await listen();
    using peer = await reach(port);
    const { session } = await publish(peer, url);
    await connected;
    expect((await peer.request("RECORD", url, session)).status).toBe(200);
    expect((await peer.request("TEARDOWN", url, session)).status).toBe(200);
    expect((await run).connected).toHaveLength(1);
  });

  it("that has been silent for half a second gives way to the next one", async () => {
    const clock = new FakeClock();
    const { url, port, run, connected } = await listen({ clock });
    using first = await reach(port);
    await publish(first, url);
    await connected;
    using second = await reach(port);
    clock.advance(499);
    expect((await second.request("ANNOUNCE", url, await announcement())).status).toBe(503);
    clock.advance(1);
    expect((await publish(second, url)).record.status).toBe(200);
    await first.closed();
    second.socket.destroy();
    expect((await run).connected).toHaveLength(2);
  });
});

describe("a publisher that goes", () => {
  it.each(["TEARDOWN", "closes"])("ends the run: %s", async (way) => {
    const { url, port, run } = await listen();
    using peer = await reach(port);
    const { session } = await publish(peer, url);
    if (way === "TEARDOWN") expect((await peer.request("TEARDOWN", url, session)).status).toBe(200);
    else peer.socket.destroy();
    expect((await run).error).toMatchObject({ code: "stream-ended", message: expect.stringContaining("has gone") });
  });
});

describe("who may not publish", () => {
  it("is told why", async () => {
    const { url, port, run, connected } = await listen();
    using peer = await reach(port);
    const ask = async (method: string, options = {}) => (await peer.request(method, url, options)).status;
    const video = (map: string) => ({ body: `v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 ${map}\r\n` });
    expect(await ask("ANNOUNCE", { body: "nonsense" })).toBe(400);
    expect(await ask("ANNOUNCE", { body: "v=0\r\nm=audio 0 RTP/AVP 0\r\n" })).toBe(415);
    expect(await ask("ANNOUNCE", video("VP9/90000"))).toBe(415);
    expect(await ask("ANNOUNCE", { headers: { "Content-Type": "text/plain" } })).toBe(415);
    expect(await ask("SETUP", { headers: TCP })).toBe(455);
    expect(await ask("DESCRIBE")).toBe(405);
    expect(await ask("ANNOUNCE", await announcement())).toBe(200);
    expect((await peer.request("SETUP", `${url}/track=x`, { headers: TCP })).status).toBe(404);
    expect(await ask("SETUP", { headers: { Transport: "RTP/AVP;multicast;mode=record" } })).toBe(461);
    expect((await publish(peer, url)).record.status).toBe(200);
    await connected;
    using second = await reach(port);
    expect((await second.request("ANNOUNCE", url, await announcement())).status).toBe(503);
    peer.socket.destroy();
    await run;
  });

  it("is asked for the password", async () => {
    const { url, port, run } = await listen({ user: "me:secret@" });
    using peer = await reach(port);
    const Authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    const { body, headers } = await announcement();
    expect((await peer.request("ANNOUNCE", url, { body, headers })).status).toBe(401);
    expect((await peer.request("ANNOUNCE", url, { body, headers: { ...headers, Authorization } })).status).toBe(200);
    const setup = await peer.request("SETUP", `${url}/track=v`, { headers: { ...TCP, Authorization } });
    const Session = setup.headers.get("Session") ?? "";
    expect((await peer.request("RECORD", url, { headers: { Session } })).status).toBe(200);
    peer.socket.destroy();
    await run;
  });

  it("or how the URL is wrong", () => {
    const open = (url: string) => () => openRtspListenSource(url, sourceContext());
    expect(open("rtsps://:8554/cam?listen=1")).toThrow("listen=1 is for rtsp://, without TLS");
    expect(open("rtsp://:8554/cam?listen=1&transport=udp")).toThrow(
      'parameter "transport" is unknown; allowed: listen',
    );
  });
});
