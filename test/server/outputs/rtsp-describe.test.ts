import { describe, expect, it } from "vitest";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { readSessionDescription } from "../../../lib/rtsp/session-description.js";
import { FakeClock } from "../../support/fake-clock.js";
import { jpegUnits, makeJpegs } from "../../support/make-jpegs.js";
import { makeStream } from "../../support/make-stream.js";
import { freeTcpPort } from "../../support/peer-ports.js";
import { unitsOf } from "../../support/units-of.js";
import { makeUnits } from "../support/make-units.js";
import { RtspClient } from "../support/rtsp-client.js";
import { RunningOutput } from "../support/run-output.js";
import { portOf } from "../support/sender-stage.js";
import { vp8Units } from "../web/support/web-units.js";

const STREAM = { width: 320, height: 240, fps: 30, frames: 1 };
const STREAM_SIZE = { width: 320, height: 240 };
const LOCAL = "rtsp://127.0.0.1:0/stream";

describe("RTSP output's description", () => {
  it("tells an H.264 stream's parameters, size and rate, and its one track", async () => {
    await using running = await RunningOutput.start(LOCAL);
    const [unit] = unitsOf(await makeStream({ ...STREAM, codec: "h264" }), "h264");
    running.hub.publish(unit as NonNullable<typeof unit>);
    using client = await RtspClient.connect(running.port);
    const sdp = await client.describe();
    const [sps, pps] = splitNalUnits(unit?.data as Buffer).map((nal) => nal.toString("base64"));
    expect(sdp.split("\r\n").filter((line) => !line.startsWith("a=fmtp"))).toEqual([
      ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=glasslink", "c=IN IP4 0.0.0.0", "t=0 0"],
      ...["a=control:*", "a=range:npt=now-", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000"],
      ...["a=framerate:30", "a=framesize:96 320-240", "a=x-dimensions:320,240", "a=control:stream=0", ""],
    ]);
    expect(sdp).toContain(`;sprop-parameter-sets=${sps},${pps}\r\n`);
    expect(sdp).toMatch(/a=fmtp:96 packetization-mode=1;profile-level-id=[0-9a-f]{6};/);
  });

  it("is one that a client of ours reads, for H.265", async () => {
    await using running = await RunningOutput.start(LOCAL);
    const [unit] = unitsOf(await makeStream({ ...STREAM, codec: "h265" }), "h265");
    running.hub.publish(unit as NonNullable<typeof unit>);
    using client = await RtspClient.connect(running.port);
    const { tracks, url } = readSessionDescription(await client.describe(), client.url);
    expect(url).toBe(client.url);
    expect(tracks).toMatchObject([
      { kind: "video", url: `${client.url}/stream=0`, encoding: "H265", clockRate: 90_000, size: STREAM_SIZE },
    ]);
    expect(tracks[0]?.parameterSets).toEqual(splitNalUnits(unit?.data as Buffer).slice(0, 3));
  });

  it("tells a JPEG stream's static payload type", async () => {
    await using running = await RunningOutput.start(LOCAL);
    for (const unit of jpegUnits(await makeJpegs(STREAM))) running.hub.publish(unit);
    using client = await RtspClient.connect(running.port);
    const sdp = await client.describe();
    expect(sdp).toContain("m=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\na=framesize:26 320-240\r\n");
  });

  it("tells VP8 and its size", async () => {
    await using running = await RunningOutput.start(LOCAL);
    for (const unit of vp8Units({ count: 1 })) running.hub.publish(unit);
    using client = await RtspClient.connect(running.port);
    const sdp = await client.describe();
    expect(sdp).toContain("m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=framesize:96 640-480\r\n");
    const setup = await client.request("SETUP", client.url, { Transport: "RTP/AVP/TCP;unicast" });
    expect(setup.status).toBe(200);
  });

  it("is in the family of who asks", async () => {
    await using running = await RunningOutput.start("rtsp://[::1]:0/stream");
    for (const unit of makeUnits({ count: 1 })) running.hub.publish(unit);
    using client = await RtspClient.connect(running.port, { host: "::1" });
    const sdp = await client.describe();
    expect(sdp).toContain("\r\no=- 0 0 IN IP6 ::1\r\n");
    expect(sdp).toContain("\r\nc=IN IP6 ::\r\n");
  });

  it("waits for the camera's first keyframe", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using client = await RtspClient.connect(running.port);
    const described = client.describe();
    running.hub.publish(makeUnits({ count: 2 })[1] as ReturnType<typeof makeUnits>[number]);
    for (const unit of makeUnits({ count: 1 })) running.hub.publish(unit);
    expect(await described).toContain("H264/90000");
  });

  it("is refused as unavailable when no picture comes for 5 s", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    using client = await RtspClient.connect(running.port);
    const timers = clock.waiting;
    const described = client.request("DESCRIBE");
    while (clock.waiting === timers) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
    expect((await described).status).toBe(503);
  });
});

describe("several RTSP outputs of one process", () => {
  it("share a port, each with its own path and password", async () => {
    const port = await freeTcpPort();
    await using front = await RunningOutput.start(`rtsp://front:secret@127.0.0.1:${port}/front`);
    await using back = await RunningOutput.start(`rtsp://back:hidden@127.0.0.1:${port}/back`);
    for (const running of [front, back]) for (const unit of makeUnits({ count: 1 })) running.hub.publish(unit);
    const statusOf = async (path: string, username: string, password: string): Promise<number> => {
      using client = await RtspClient.connect(port, { path, credentials: { username, password } });
      return (await client.request("DESCRIBE")).status;
    };
    expect(await statusOf("/front", "front", "secret")).toBe(200);
    expect(await statusOf("/back", "back", "hidden")).toBe(200);
    expect(await statusOf("/back", "front", "secret")).toBe(401);
    expect(await statusOf("/side", "front", "secret")).toBe(404);
  });

  it("cannot have the same path", async () => {
    const port = await freeTcpPort();
    await using _running = await RunningOutput.start(`rtsp://127.0.0.1:${port}/stream`);
    await expect(RunningOutput.start(`rtsp://127.0.0.1:${port}/stream?aud=1`)).rejects.toMatchObject({
      code: "bind-failed",
      message: expect.stringContaining(`port ${port} serves the path "/stream" already`),
    });
  });

  it("name the real port, and no password", async () => {
    await using running = await RunningOutput.start("rtsp://me:secret@127.0.0.1:0/a");
    expect(running.output.url).toBe(`rtsp://127.0.0.1:${running.port}/a`);
    expect(portOf(running.output.stats().url)).toBeGreaterThan(0);
  });
});
