import { describe, expect, it } from "vitest";
import { parseRtcp } from "../../../lib/rtp/rtcp.js";
import { jpegUnits, makeJpegs } from "../../support/make-jpegs.js";
import { fingerprints } from "../../support/recording-sink.js";
import { makeUnits } from "../support/make-units.js";
import type { RtspClient } from "../support/rtsp-client.js";
import { GOP, packetsOf, RtspStage, unitsIn } from "../support/rtsp-stage.js";
import { until } from "../support/sender-stage.js";

const TCP = "RTP/AVP/TCP;unicast";

async function playing(stage: RtspStage): Promise<RtspClient> {
  const client = await stage.connect();
  await client.playOverTcp();
  return client;
}

describe("RTSP output's sessions", () => {
  it("send nothing while they pause, and go on with what was missed of the same group of pictures", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await playing(stage);
    expect((await client.request("PAUSE")).status).toBe(200);
    expect(stage.running.output.stats().clients).toBe(0);
    stage.publish(2);
    const info = await client.play();
    stage.publish(1);
    const frames = await client.frames(4);
    expect(fingerprints(unitsIn(frames))).toEqual(fingerprints(stage.published));
    expect(packetsOf(frames)[1]?.sequence).toBe(info.sequence);
    expect(stage.running.output.stats()).toMatchObject({ clients: 1, droppedUnits: 0 });
  });

  it("go on with the last keyframe when the group of pictures is another by then", async () => {
    await using stage = await RtspStage.set();
    stage.publish(2);
    const client = await playing(stage);
    await client.frames(2);
    await client.request("PAUSE");
    stage.publish(GOP);
    const info = await client.play();
    const packets = packetsOf(await client.frames(4));
    expect(packets[2]?.sequence).toBe(info.sequence);
    expect(packets[2]?.sequence).toBe((packets[1]?.sequence as number) + 1 + 3);
  });

  it("wait for the next picture where nothing was missed", async () => {
    await using stage = await RtspStage.set();
    stage.publish(2);
    const client = await playing(stage);
    await client.request("PAUSE");
    const played = client.play();
    await (await stage.connect()).describe();
    stage.publish(1);
    const { sequence } = await played;
    expect(packetsOf(await client.frames(3))[2]?.sequence).toBe(sequence);
  });

  it("begin with the next picture while the camera is away, not with an old one", async () => {
    await using stage = await RtspStage.set();
    stage.publish(3);
    stage.running.hub.gop.clear();
    const client = await stage.connect();
    await client.describe();
    await client.setup(TCP);
    const played = client.play();
    await (await stage.connect()).describe();
    stage.give(makeUnits({ count: 1, from: 9 }));
    await played;
    expect(fingerprints(unitsIn(await client.frames(1)))).toEqual(fingerprints(stage.published.slice(3)));
  });

  it("end with TEARDOWN, and the connection may go on", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await playing(stage);
    await client.frames(1);
    expect((await client.request("TEARDOWN")).status).toBe(200);
    expect(stage.running.output.stats().clients).toBe(0);
    stage.publish(1);
    client.session = undefined;
    const [first, second] = [await client.frames(1), await client.request("OPTIONS")];
    expect(first).toHaveLength(1);
    expect(second.headers.get("Public")).toContain("PLAY");
    await client.playOverTcp();
    expect(await client.frames(3)).toHaveLength(3);
  });

  it("end with their connection, and nobody else notices", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const [one, other] = [await playing(stage), await playing(stage)];
    expect(stage.running.output.stats().clients).toBe(2);
    one.socket.resetAndDestroy();
    await until(() => stage.running.output.stats().clients === 1);
    stage.publish(2);
    expect(fingerprints(unitsIn(await other.frames(3)))).toEqual(fingerprints(stage.published));
    expect(stage.running.failures).toEqual([]);
  });

  it("are refused over maxClients, with one warning until there is room again", async () => {
    await using stage = await RtspStage.set("?maxClients=1");
    stage.publish(1);
    const statusOf = async (client: RtspClient): Promise<number> =>
      (await client.request("SETUP", `${client.url}/stream=0`, { Transport: TCP })).status;
    const [one, other] = [await playing(stage), await stage.connect()];
    expect([await statusOf(other), await statusOf(other)]).toEqual([453, 453]);
    expect(stage.running.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/client 127\.0\.0\.1 port \d+ is refused: 1 are served already \(maxClients=1\)$/),
    ]);
    one.socket.destroy();
    await until(() => stage.running.output.stats().clients === 0);
    expect(await statusOf(other)).toBe(200);
  });

  it("know one track, and no recording", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    const statusOf = async (track: string, transport: string): Promise<number> =>
      (await client.request("SETUP", client.url + track, { Transport: transport })).status;
    expect(await statusOf("/stream=1", TCP)).toBe(404);
    expect(await statusOf("/stream=0", `${TCP};mode=record`)).toBe(405);
    expect((await client.request("ANNOUNCE")).status).toBe(405);
  });

  it("are told goodbye when the output ends", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await playing(stage);
    const [first] = packetsOf(await client.frames(1));
    await stage.running[Symbol.asyncDispose]();
    await client.closed();
    const kinds = (await client.frames(1, 1)).flatMap(parseRtcp);
    expect(kinds.at(-1)).toEqual({ kind: "bye", ssrcs: [first?.ssrc] });
  });

  it("end when the codec changes, and those who ask again get the new one", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await playing(stage);
    await client.frames(1);
    stage.give(jpegUnits(await makeJpegs({ width: 64, height: 48, frames: 1 })));
    await client.closed();
    expect((await client.frames(1, 1)).flatMap(parseRtcp).at(-1)?.kind).toBe("bye");
    const again = await stage.connect();
    expect(await again.describe()).toContain("JPEG/90000");
    await again.setup(TCP);
    await again.play();
    expect(packetsOf(await again.frames(1))[0]?.payloadType).toBe(26);
  });

  it("are there for H.264, H.265, JPEG and VP8 only", async () => {
    await using stage = await RtspStage.set();
    stage.give(makeUnits({ count: 1 }).map((unit) => ({ ...unit, codec: "vp9" as const })));
    expect(stage.running.failures).toEqual([
      expect.objectContaining({ code: "unsupported", message: "RTSP carries h264, h265, mjpeg, vp8, not vp9" }),
    ]);
  });

  it("miss a damaged JPEG, and nothing else", async () => {
    await using stage = await RtspStage.set();
    const [one, other] = jpegUnits(await makeJpegs({ width: 64, height: 48, frames: 2 }));
    stage.give([one as never]);
    const client = await playing(stage);
    const damaged = { ...other, data: other?.data.subarray(0, 40) };
    stage.give([damaged as never, other as never]);
    expect(packetsOf(await client.frames(2)).map(({ marker }) => marker)).toEqual([true, true]);
    expect(stage.running.output.stats().droppedUnits).toBe(1);
    expect(stage.running.warnings.map(({ code }) => code)).toEqual(["invalid-data"]);
  });
});
