import { describe, expect, it } from "vitest";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { parseRtcp, writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { makeStream } from "../../support/make-stream.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { unitsOf } from "../../support/units-of.js";
import { DatagramReader } from "../support/datagram-reader.js";
import type { RtspClient } from "../support/rtsp-client.js";
import { packetsOf, RtspStage, timestampOf, unitsIn } from "../support/rtsp-stage.js";

/** A player's two ports. */
class Ports implements AsyncDisposable {
  private constructor(
    readonly rtp: DatagramReader,
    readonly rtcp: DatagramReader,
  ) {}

  static async open(family: 4 | 6 = 4): Promise<Ports> {
    return new Ports(await DatagramReader.open({ family }), await DatagramReader.open({ family }));
  }

  get transport(): string {
    return `RTP/AVP;unicast;client_port=${this.rtp.port}-${this.rtcp.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.rtp[Symbol.asyncDispose](), this.rtcp[Symbol.asyncDispose]()]);
  }
}

async function statusOfSetup(client: RtspClient, transport: string): Promise<number> {
  return (await client.request("SETUP", `${client.url}/stream=0`, { Transport: transport })).status;
}

describe("RTSP output over UDP", () => {
  it("sends to the client's ports, from an even port and the next", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    stage.publish(3);
    const client = await stage.connect();
    await client.describe();
    const transport = await client.setup(ports.transport);
    const [rtp, rtcp] = transport.serverPort as [number, number];
    expect([rtp % 2, rtcp - rtp]).toEqual([0, 1]);
    expect(transport).toMatchObject({ source: "127.0.0.1", clientPort: [ports.rtp.port, ports.rtcp.port] });
    const info = await client.play();
    stage.publish(1, 4_000);
    const packets = packetsOf(await ports.rtp.datagrams(6));
    expect(fingerprints(unitsIn(await ports.rtp.datagrams(6)))).toEqual(fingerprints(stage.published));
    expect(info).toMatchObject({ sequence: packets[0]?.sequence, timestamp: packets[0]?.timestamp });
    expect(packets[0]?.timestamp).toBe(timestampOf(stage.published[2]) - 180);
    const [report] = parseRtcp((await ports.rtcp.datagrams(1))[0] as Buffer);
    expect(report).toMatchObject({ kind: "sender-report", report: { ssrc: transport.ssrc, packets: 3 } });
  });

  it("works over IPv6", async () => {
    await using stage = await RtspStage.set("rtsp://[::1]:0/stream");
    await using ports = await Ports.open(6);
    stage.publish(2);
    const client = await stage.connect({ host: "::1" });
    await client.describe();
    expect(await client.setup(ports.transport)).toMatchObject({ source: "::1" });
    await client.play();
    expect(fingerprints(unitsIn(await ports.rtp.datagrams(2)))).toEqual(fingerprints(stage.published));
  });

  it("shares its ports between clients", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    stage.publish(1);
    const pairs = [];
    for (const client of [await stage.connect(), await stage.connect()]) {
      await client.describe();
      pairs.push((await client.setup(ports.transport)).serverPort);
    }
    expect(pairs[1]).toEqual(pairs[0]);
  });

  it("paces a large group of pictures, and live pictures follow behind it", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    stage.publish(4, 50_000);
    const client = await stage.connect();
    await client.describe();
    await client.setup(ports.transport);
    await client.play();
    stage.publish(1, 50_000);
    // 64 KiB of them go at once.
    await ports.rtp.datagrams(46);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await ports.rtp.datagrams(0)).length).toBeLessThan(50);
    for (let tick = 0; tick < 10; tick++) {
      stage.clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const all = await ports.rtp.datagrams(1 + 5 * 35);
    expect(fingerprints(unitsIn(all))).toEqual(fingerprints(stage.published));
  });

  it("sends to nobody but who asks", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    expect(await statusOfSetup(client, "RTP/AVP;unicast;destination=192.0.2.7;client_port=5000-5001")).toBe(461);
    expect(await statusOfSetup(client, "RTP/AVP;unicast;destination=127.0.0.1;client_port=5000-5001")).toBe(200);
  });

  it.each([
    "RTP/AVP;unicast",
    "RTP/AVP;unicast;client_port=0-1",
    "RTP/AVP;unicast;client_port=53-54",
    "RTP/AVP;unicast;client_port=5000-111",
    "RTP/SAVP;unicast;client_port=5000-5001",
  ])("refuses %s", async (transport) => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    expect(await statusOfSetup(client, transport)).toBe(461);
  });

  it("takes the first of several transports that it can", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    const transports = ["RTP/AVP;unicast;destination=192.0.2.7;client_port=5000-5001", "RTP/AVP/TCP;unicast"];
    expect(await client.setup(transports.join(","))).toMatchObject({ protocol: "tcp", interleaved: [0, 1] });
  });

  it("keeps a session as long as reports come from its client's port", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    stage.publish(1);
    const [reporting, silent] = [await stage.connect(), await stage.connect()];
    let port = 0;
    for (const client of [reporting, silent]) {
      await client.describe();
      const own = client === reporting ? ports.transport : "RTP/AVP;unicast;client_port=9009-9010";
      port = (await client.setup(own)).serverPort?.[1] as number;
      await client.play();
    }
    for (let minute = 0; minute < 3; minute++) {
      stage.clock.advance(60_000);
      ports.rtcp.send(writeReceiverReport(1, [], "test"), port);
      // What the kernel has of a datagram to this machine is there at once; the loop has to come by.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await silent.closed();
    expect(stage.running.output.stats().clients).toBe(1);
  });
});

describe("RTSP output to a client that takes it for SAT>IP, as VLC without live555 does", () => {
  const STREAM = { codec: "h264", width: 320, height: 240, fps: 30, frames: 4, gop: 2 } as const;

  it("sends MPEG-TS from the next keyframe, by the number that it is told", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    const units = unitsOf(await makeStream(STREAM), "h264");
    stage.give(units.slice(0, 2));
    const client = await stage.connect({ userAgent: "" });
    const setup = await client.request("SETUP", client.url, { Transport: ports.transport });
    expect(setup.headers.get("com.ses.streamID")).toBe("0");
    client.session = setup.headers.get("Session")?.split(";")[0];
    const played = client.request("PLAY", client.url.replace(/\/stream$/, "/stream=0"));
    await (await stage.connect()).describe();
    stage.give(units.slice(2));
    expect((await played).status).toBe(200);
    const sink = new RecordingSink();
    const demuxer = new TsDemuxer({ sink });
    for (let count = 1; sink.units.length < 2; count++) {
      const packet = packetsOf(await ports.rtp.datagrams(count))[count - 1];
      expect(packet).toMatchObject({ payloadType: 33, marker: false });
      demuxer.push(packet?.payload as Buffer, 0);
    }
    expect(fingerprints(sink.units)).toEqual(fingerprints(units.slice(2)));
  });

  it("takes its sign of life, OPTIONS", async () => {
    await using stage = await RtspStage.set();
    await using ports = await Ports.open();
    stage.give(unitsOf(await makeStream(STREAM), "h264").slice(0, 1));
    const client = await stage.connect({ userAgent: "" });
    await client.setup(ports.transport, "");
    const played = client.play();
    await (await stage.connect()).describe();
    stage.give(unitsOf(await makeStream(STREAM), "h264").slice(2, 3));
    await played;
    for (let minute = 0; minute < 3; minute++) {
      stage.clock.advance(60_000);
      expect((await client.request("OPTIONS", client.url.replace("/stream", "/stream=0"))).status).toBe(200);
    }
    expect(stage.running.output.stats().clients).toBe(1);
  });

  it("has no multicast for it, whose group is everybody's", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect({ userAgent: "" });
    expect((await client.request("SETUP", client.url, { Transport: "RTP/AVP;multicast" })).status).toBe(461);
  });

  it("sends RTP as to everybody when it has asked for the description, or says its name", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const [asking, named] = [await stage.connect({ userAgent: "" }), await stage.connect({ userAgent: "test" })];
    await asking.describe();
    for (const client of [asking, named]) {
      await client.setup("RTP/AVP/TCP;unicast", "");
      await client.play();
      expect(packetsOf(await client.frames(1))[0]?.payloadType).toBe(96);
    }
  });
});
