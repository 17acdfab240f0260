import { describe, expect, it } from "vitest";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { StreamError } from "../../../lib/errors.js";
import { writeSdp } from "../../../lib/rtp/sdp.js";
import { makeStream } from "../../support/make-stream.js";
import { SMALL } from "./stream-units.js";

const linesOf = (text: string) => text.split("\r\n");

describe("writeSdp", () => {
  it("describes H.264 with its parameter sets", () => {
    const parameterSets = [Buffer.from("6742c01eaa", "hex"), Buffer.from("68ce3c80", "hex")];
    expect(linesOf(writeSdp({ codec: "h264", address: "192.168.1.7", port: 5_000, parameterSets }))).toEqual([
      "v=0",
      "o=- 0 0 IN IP4 192.168.1.7",
      "s=glasslink",
      "c=IN IP4 192.168.1.7",
      "t=0 0",
      "m=video 5000 RTP/AVP 96",
      "a=rtpmap:96 H264/90000",
      "a=fmtp:96 packetization-mode=1;profile-level-id=42c01e;sprop-parameter-sets=Z0LAHqo=,aM48gA==",
      "",
    ]);
  });

  it("describes H.265 with the parameter sets of a real stream", async () => {
    const parameterSets = splitNalUnits(await makeStream({ ...SMALL, codec: "h265" }));
    const lines = linesOf(writeSdp({ codec: "h265", address: "::1", port: 5_000, payloadType: 100, parameterSets }));
    expect(lines.slice(5, 7)).toEqual(["m=video 5000 RTP/AVP 100", "a=rtpmap:100 H265/90000"]);
    expect(lines[7]).toMatch(/^a=fmtp:100 sprop-vps=QAE[\w+/=,]+;sprop-sps=QgE[\w+/=,]+;sprop-pps=RAE?[\w+/=,]+$/);
  });

  it("describes JPEG by its static payload type, or by the one that was asked for", () => {
    const options = { codec: "mjpeg", address: "192.168.1.7", port: 5_000 } as const;
    expect(linesOf(writeSdp(options)).slice(5)).toEqual(["m=video 5000 RTP/AVP 26", "a=rtpmap:26 JPEG/90000", ""]);
    expect(writeSdp({ ...options, payloadType: 96 })).toContain("RTP/AVP 96\r\na=rtpmap:96 JPEG/90000\r\n");
  });

  it("describes VP8, which has nothing to tell beside its name", () => {
    const lines = linesOf(writeSdp({ codec: "vp8", address: "192.168.1.7", port: 5_000 }));
    expect(lines.slice(5)).toEqual(["m=video 5000 RTP/AVP 96", "a=rtpmap:96 VP8/90000", ""]);
  });

  it.each([
    ["239.1.1.1", 4, "c=IN IP4 239.1.1.1/4"],
    ["239.1.1.1", undefined, "c=IN IP4 239.1.1.1/1"],
    ["10.0.0.1", 4, "c=IN IP4 10.0.0.1"],
    ["ff15::1", 4, "c=IN IP6 ff15::1"],
  ])("writes the connection to %s with TTL %s", (address, ttl, line) => {
    expect(linesOf(writeSdp({ codec: "h264", address, port: 5_000, ...(ttl && { ttl }) }))[3]).toBe(line);
  });

  it("describes an RTSP server's live stream, its size and its rate", () => {
    const picture = { size: { width: 640, height: 480 }, fps: 30_000 / 1_001 };
    const text = writeSdp({
      codec: "mjpeg",
      address: "::",
      origin: "fd00::7",
      port: 0,
      control: "stream=0",
      ...picture,
    });
    expect(linesOf(text)).toEqual([
      ...["v=0", "o=- 0 0 IN IP6 fd00::7", "s=glasslink", "c=IN IP6 ::", "t=0 0", "a=control:*", "a=range:npt=now-"],
      ...["m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000", "a=framerate:29.97", "a=framesize:26 640-480"],
      ...["a=x-dimensions:640,480", "a=control:stream=0", ""],
    ]);
  });

  it("leaves out parameter sets that are not known", () => {
    expect(writeSdp({ codec: "h264", address: "::1", port: 1 })).toContain("a=fmtp:96 packetization-mode=1\r\n");
    expect(writeSdp({ codec: "h265", address: "::1", port: 1 })).not.toContain("fmtp");
  });

  it("keeps a session name from adding lines", () => {
    expect(linesOf(writeSdp({ codec: "h264", address: "::1", port: 1, sessionName: "a\r\na=evil" }))[2]).toBe(
      "s=a a=evil",
    );
  });

  it("refuses what is no address", () => {
    expect(() => writeSdp({ codec: "h264", address: "camera\r\na=evil", port: 1 })).toThrow(StreamError);
  });
});
