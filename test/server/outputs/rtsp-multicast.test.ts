import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { parseRtcp, writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { freeUdpPort, LOOPBACK } from "../../support/peer-ports.js";
import { fingerprints } from "../../support/recording-sink.js";
import { DatagramReader } from "../support/datagram-reader.js";
import type { RtspClient } from "../support/rtsp-client.js";
import { packetsOf, RtspStage, unitsIn } from "../support/rtsp-stage.js";
import { until } from "../support/sender-stage.js";

const GROUP = "239.255.42.7";
const MULTICAST = "RTP/AVP;multicast";

/** An output with a group on loopback, and a member of it. */
async function open() {
  const port = await freeUdpPort();
  const group = { address: GROUP, via: "127.0.0.1" };
  const stage = await RtspStage.set(`?multicast=${GROUP}:${port}&interface=${LOOPBACK}&ttl=3`);
  const rtp = await DatagramReader.open({ port, group });
  const rtcp = await DatagramReader.open({ port: port + 1, group });
  return {
    ...{ stage, rtp, rtcp, port },
    async [Symbol.asyncDispose]() {
      await Promise.all([stage, rtp, rtcp].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

async function connect(stage: RtspStage): Promise<RtspClient> {
  const client = await stage.connect();
  await client.describe();
  await client.setup(MULTICAST);
  return client;
}

describe("RTSP output by multicast", () => {
  it("tells its group, and sends there while somebody plays", async () => {
    await using all = await open();
    const { stage, rtp, rtcp, port } = all;
    stage.publish(3);
    const client = await stage.connect();
    await client.describe();
    const transport = await client.setup(MULTICAST);
    expect(transport).toMatchObject({ multicast: true, destination: GROUP, port: [port, port + 1], ttl: 3 });
    const info = await client.play();
    stage.publish(1);
    const datagrams = await rtp.datagrams(4);
    expect(fingerprints(unitsIn(datagrams))).toEqual(fingerprints(stage.published));
    expect(packetsOf(datagrams)[0]).toMatchObject({ sequence: info.sequence, timestamp: info.timestamp });
    expect(parseRtcp((await rtcp.datagrams(1))[0] as Buffer)[0]).toMatchObject({ report: { ssrc: transport.ssrc } });
  });

  it("sends once for all, and tells each the next packet", async () => {
    await using all = await open();
    const { stage, rtp } = all;
    stage.publish(1);
    const [one, other] = [await connect(stage), await connect(stage)];
    await one.play();
    const played = other.play();
    await (await stage.connect()).describe();
    stage.publish(2);
    const packets = packetsOf(await rtp.datagrams(3));
    expect(await played).toMatchObject({ sequence: packets[1]?.sequence, timestamp: packets[1]?.timestamp });
    await one.request("TEARDOWN");
    stage.publish(1);
    expect(fingerprints(unitsIn(await rtp.datagrams(4)))).toEqual(fingerprints(stage.published));
    expect(stage.running.output.stats()).toMatchObject({ clients: 1, droppedUnits: 0 });
  });

  it("sends nothing when the last one is gone, and from the keyframe on for the next", async () => {
    await using all = await open();
    const { stage, rtp } = all;
    stage.publish(1);
    const one = await connect(stage);
    await one.play();
    await one.request("PAUSE");
    stage.publish(1);
    const other = await connect(stage);
    const info = await other.play();
    const datagrams = await rtp.datagrams(3);
    expect(datagrams).toHaveLength(3);
    expect(fingerprints(unitsIn(datagrams.slice(1)))).toEqual(fingerprints(stage.published));
    expect(packetsOf(datagrams)[1]?.sequence).toBe(info.sequence);
  });

  it("keeps nothing of a large picture for when the last one is gone", async () => {
    await using all = await open();
    const { stage, rtp } = all;
    stage.publish(1, 200_000);
    const client = await connect(stage);
    const { sequence } = await client.play();
    await client.request("PAUSE");
    stage.clock.advance(20);
    await client.play();
    const datagrams = await rtp.datagrams(60);
    const again = packetsOf(datagrams).findLastIndex((packet) => packet.sequence === sequence);
    const before = Buffer.concat(datagrams.slice(0, again)).length;
    // What goes at once of a burst.
    expect([before > 60_000, before < 70_000]).toEqual([true, true]);
  });

  it("says goodbye to the group when the output ends", async () => {
    await using all = await open();
    const { stage, rtcp } = all;
    stage.publish(1);
    await (await connect(stage)).play();
    await rtcp.datagrams(1);
    await stage.running[Symbol.asyncDispose]();
    expect((await rtcp.datagrams(2)).flatMap(parseRtcp).at(-1)?.kind).toBe("bye");
  });

  it("takes reports to the group as signs of life", async () => {
    await using all = await open();
    const { stage, rtcp, port } = all;
    stage.publish(1);
    const client = await connect(stage);
    await client.play();
    for (let minute = 0; minute < 3; minute++) {
      stage.clock.advance(60_000);
      rtcp.send(writeReceiverReport(1, [], "test"), port + 1, GROUP);
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stage.running.output.stats().clients).toBe(1);
    // Our own reports, which come back, are none.
    stage.clock.advance(80_000);
    await client.closed();
    expect(stage.running.output.stats().clients).toBe(0);
  });

  it("works over IPv6 for those who connect by it, and says so where no route leads to the group", async () => {
    // None leads to a group on loopback.
    const outside = Object.entries(networkInterfaces()).find(([, addresses]) =>
      addresses?.some(({ family, internal }) => family === "IPv6" && !internal),
    );
    const [name, address, port] = [outside?.[0] ?? LOOPBACK, "ff12::42:7", await freeUdpPort()];
    await using rtp = await DatagramReader.open({ family: 6, port, group: { address, via: `::%${name}` } });
    const start = async (via: string): Promise<RtspStage> => {
      const stage = await RtspStage.set(`rtsp://[::1]:0/stream?multicast=[${address}]:${port}&interface=${via}`);
      stage.publish(2);
      const client = await stage.connect({ host: "::1" });
      await client.describe();
      expect(await client.setup(MULTICAST)).toMatchObject({ destination: address, port: [port, port + 1] });
      await client.play();
      return stage;
    };
    await using stage = await start(name);
    await using unreachable = await start(LOOPBACK);
    if (outside) expect(fingerprints(unitsIn(await rtp.datagrams(2)))).toEqual(fingerprints(stage.published));
    await until(() => unreachable.running.warnings.length > 0);
    expect(unreachable.running.warnings[0]?.message).toMatch(
      /^rtsp:.*: cannot send: .*ENETUNREACH.*; interface= may name one of .*lo ::1/,
    );
    expect(unreachable.running.output.stats().sendErrors).toBeGreaterThan(0);
  });

  it("is refused to those of the other family", async () => {
    await using stage = await RtspStage.set("?multicast=[ff15::42:7]:5004");
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    const headers = { Transport: MULTICAST };
    expect((await client.request("SETUP", `${client.url}/stream=0`, headers)).status).toBe(461);
  });

  it("can be turned off", async () => {
    await using stage = await RtspStage.set("?multicast=0");
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    const headers = { Transport: MULTICAST };
    expect((await client.request("SETUP", `${client.url}/stream=0`, headers)).status).toBe(461);
  });

  it("takes a group of its own where none is named", async () => {
    await using stage = await RtspStage.set(`?interface=${LOOPBACK}`);
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    const { destination, port } = await client.setup(MULTICAST);
    expect(destination).toMatch(/^239\.255\.\d+\.\d+$/);
    expect([(port?.[0] as number) % 2, (port?.[1] as number) - (port?.[0] as number)]).toEqual([0, 1]);
  });

  it("fails at its start for an interface that does not exist", async () => {
    await expect(RtspStage.set("?interface=eth77")).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining('"eth77" does not exist; there are '),
    });
  });
});
