import { describe, expect, it } from "vitest";
import { writeSdp } from "../../../lib/rtp/sdp.js";
import { type MediaTrack, readSessionDescription } from "../../../lib/rtsp/session-description.js";
import { RESPONSES } from "./captured-session.js";
import { DESCRIPTIONS } from "./descriptions.js";

const BASE = "rtsp://cam/stream/";
const SPS = "6742c01eda0507ec0440000003004000000f03c58ba8";
const PPS = "68ce3c80";

/** The track of a medium that is described by these lines. */
function trackOf(...lines: string[]): MediaTrack {
  const [track] = readSessionDescription(["v=0", "s=-", ...lines].join("\n"), BASE).tracks;
  return track as MediaTrack;
}

/** The same of H.264, with these lines more. */
function h264(...lines: string[]): MediaTrack {
  return trackOf("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", ...lines);
}

const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const setsOf = ({ parameterSets }: MediaTrack): string[] => parameterSets.map((set) => set.toString("hex"));
const nalTypesOf = ({ parameterSets }: MediaTrack): number[] => parameterSets.map((set) => (set[0] ?? 0) & 0x1f);

describe("a description", () => {
  it("by gst-rtsp-server is read", () => {
    const [, text = ""] = RESPONSES[1]?.split("\r\n\r\n") ?? [];
    const { url, tracks } = readSessionDescription(text, BASE);
    expect([url, tracks.length]).toEqual([BASE, 1]);
    expect(tracks[0]).toMatchObject({ kind: "video", url: `${BASE}stream=0`, payloadType: 96, encoding: "H264" });
    expect(nalTypesOf(tracks[0] as MediaTrack)).toEqual([7, 8]);
  });

  it("of H.265 gives its three parameter sets in order", () => {
    const [track] = readSessionDescription(DESCRIPTIONS.gstreamerH265, BASE).tracks;
    expect(track).toMatchObject({ encoding: "H265", clockRate: 90_000 });
    expect(track?.parameterSets.map((set) => (set[0] ?? 0) >> 1)).toEqual([32, 33, 34]);
  });

  it("by VLC names its own URLs, and has an empty parameter", () => {
    const { url, tracks } = readSessionDescription(DESCRIPTIONS.vlc, "rtsp://other/");
    expect([url, tracks[0]?.url]).toEqual(["rtsp://127.0.0.1:8554/stream", "rtsp://127.0.0.1:8554/stream/trackID=0"]);
    expect(nalTypesOf(tracks[0] as MediaTrack)).toEqual([7, 8]);
  });

  it("by ffmpeg has video and audio", () => {
    const { tracks } = readSessionDescription(DESCRIPTIONS.ffmpeg, BASE);
    expect(tracks).toMatchObject([
      { kind: "video", url: `${BASE}streamid=0`, payloadType: 96, encoding: "H264", address: "127.0.0.1" },
      { kind: "audio", url: `${BASE}streamid=1`, payloadType: 97, encoding: "MPEG4-GENERIC", clockRate: 44_100 },
    ]);
    expect(nalTypesOf(tracks[0] as MediaTrack)).toEqual([7, 8]);
  });

  it("by this package is read as it was meant", () => {
    const sets = [SPS, PPS].map((hex) => Buffer.from(hex, "hex"));
    const stream = { address: "239.1.1.1", port: 5_000, parameterSets: sets, size: { width: 640, height: 480 } };
    const text = writeSdp({ ...stream, codec: "h264", control: "stream=0", fps: 30 });
    expect(readSessionDescription(text, BASE)).toEqual({
      url: BASE,
      tracks: [
        {
          ...{ kind: "video", url: `${BASE}stream=0`, payloadType: 96, encoding: "H264", clockRate: 90_000 },
          ...{ parameterSets: sets, size: stream.size, address: "239.1.1.1", port: 5_000 },
        },
      ],
    });
  });

  it.each(["\r\n", "\n", "\r"])("may end its lines with %j", (lineEnd) => {
    const text = DESCRIPTIONS.ffmpeg.replaceAll("\n", lineEnd);
    expect(readSessionDescription(text, BASE)).toEqual(readSessionDescription(DESCRIPTIONS.ffmpeg, BASE));
  });
});

describe("a track's encoding", () => {
  it.each<[string, string[], Partial<MediaTrack>]>([
    ["JPEG without rtpmap", ["m=video 0 RTP/AVP 26"], { payloadType: 26, encoding: "JPEG", clockRate: 90_000 }],
    ["MPEG-TS without rtpmap", ["m=video 0 RTP/AVP 33"], { payloadType: 33, encoding: "MP2T" }],
    ["small letters", ["m=video 0 RTP/AVP 96", "a=rtpmap:96 h264/90000"], { encoding: "H264" }],
    ["another clock rate", ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/1000"], { clockRate: 1_000 }],
    [
      "the first of several",
      ["m=video 0 RTP/AVP 97 96", "a=rtpmap:96 H264/90000", "a=rtpmap:97 VP8/90000"],
      { encoding: "VP8" },
    ],
    ["none for a dynamic type", ["m=video 0 RTP/AVP 96"], { encoding: "", clockRate: 90_000 }],
    ["none for another's rtpmap", ["m=video 0 RTP/AVP 96", "a=rtpmap:97 H264/90000"], { encoding: "" }],
    ["digits only", ["m=video 0 RTP/AVP 96", "a=rtpmap:96 264/90000"], { encoding: "264" }],
    [
      "data",
      ["m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000"],
      { kind: "other", encoding: "VND.ONVIF.METADATA" },
    ],
  ])("is told with %s", (_what, lines, expected) => {
    expect(trackOf(...lines)).toMatchObject(expected);
  });

  it.each(["0", "-90000", "x", "1000000001", "9".repeat(400), ""])("has the usual clock where it says %j", (rate) => {
    expect(trackOf("m=video 0 RTP/AVP 96", `a=rtpmap:96 H264/${rate}`).clockRate).toBe(90_000);
  });
});

describe("a track's URL", () => {
  it.each([
    ["trackID=1", BASE, "rtsp://cam/stream/trackID=1"],
    ["trackID=1", "rtsp://cam/stream", "rtsp://cam/stream/trackID=1"],
    ["trackID=1", "rtsp://cam/stream?x=1", "rtsp://cam/stream?x=1/trackID=1"],
    ["/trackID=1", "rtsp://cam/stream", "rtsp://cam/stream/trackID=1"],
    ["rtsp://other:8554/a/b", BASE, "rtsp://other:8554/a/b"],
    ["RTSPS://other/a", BASE, "RTSPS://other/a"],
    ["*", BASE, BASE],
    ["", BASE, BASE],
    ["0", BASE, `${BASE}0`],
    ["007", "rtsp://cam/stream", "rtsp://cam/stream/007"],
  ])("is made of %j and %s", (control, base, expected) => {
    const text = `v=0\ns=-\nm=video 0 RTP/AVP 26\na=control:${control}\n`;
    expect(readSessionDescription(text, base).tracks[0]?.url).toBe(expected);
  });

  it("is below that of the presentation, where that is absolute", () => {
    const text = "v=0\ns=-\na=control:rtsp://10.0.0.1/live\nm=video 0 RTP/AVP 26\na=control:track1\n";
    const { url, tracks } = readSessionDescription(text, "rtsp://cam/live?x=1");
    expect([url, tracks[0]?.url]).toEqual(["rtsp://10.0.0.1/live", "rtsp://10.0.0.1/live/track1"]);
  });

  it("is the presentation's where the track has none", () => {
    expect(h264().url).toBe(BASE);
  });
});

describe("parameter sets", () => {
  const sprop = (value: string): string => `a=fmtp:96 packetization-mode=1; sprop-parameter-sets=${value}`;

  it.each<[string, string[], string[]]>([
    ["as the standard has them", [sprop(`${base64(SPS)},${base64(PPS)}`)], [SPS, PPS]],
    ["without padding", [sprop(`${base64(SPS).replace(/=+$/, "")},${base64(PPS)}`)], [SPS, PPS]],
    ["with start codes", [sprop(`${base64(`00000001${SPS}`)},${base64(`000001${PPS}`)}`)], [SPS, PPS]],
    ["with spaces and empty ones", [sprop(` ${base64(SPS)} ,, ${base64(PPS)},`)], [SPS, PPS]],
    [
      "with their name in capitals",
      [sprop(base64(SPS)).replace("sprop-parameter-sets", "SPROP-Parameter-Sets")],
      [SPS],
    ],
    ["in a second line", ["a=fmtp:96 packetization-mode=1", sprop(base64(SPS))], [SPS]],
    ["of another format", [sprop(base64(SPS)).replace("96", "97")], []],
    ["that are no base64", [sprop("!!!,(),ä")], []],
    ["of one byte", [sprop("Zw==")], []],
    ["that are a start code only", [sprop("AAAAAQ==")], []],
    ["of 4097 bytes, beside another", [sprop(`${Buffer.alloc(4_097, 0x67).toString("base64")},${base64(PPS)}`)], [PPS]],
    ["that are missing", ["a=fmtp:96"], []],
    ["without a value", ["a=fmtp:96 sprop-parameter-sets"], []],
  ])("are read %s", (_what, lines, expected) => {
    expect(setsOf(h264(...lines))).toEqual(expected);
  });
});

describe("what else a description may tell", () => {
  it.each<[string, MediaTrack["size"]]>([
    ["a=framesize:96 640-480", { width: 640, height: 480 }],
    ["a=x-dimensions:640,480", { width: 640, height: 480 }],
    ["a=x-dimensions: 65535, 1", { width: 65_535, height: 1 }],
    ["a=x-dimensions:65536,480", undefined],
    ["a=framesize:96 99999-99999", undefined],
    ["a=framesize:96 640-0", undefined],
    ["a=framesize:96 640", undefined],
    ["a=framesize:96 -640-480", undefined],
    ["a=x-dimensions:", undefined],
  ])("is a size: %s", (line, size) => {
    expect(h264(line).size).toEqual(size);
  });

  it.each<[string, string[], Partial<MediaTrack>]>([
    [
      "a group of the track",
      ["m=video 5000 RTP/AVP 26", "c=IN IP4 239.1.1.1/16"],
      { address: "239.1.1.1", port: 5_000 },
    ],
    [
      "a group of all tracks",
      ["c=IN IP4 239.1.1.1/16", "m=video 5000 RTP/AVP 26"],
      { address: "239.1.1.1", port: 5_000 },
    ],
    ["a group of IPv6", ["m=video 5000 RTP/AVP 26", "c=IN IP6 ff12::1"], { address: "ff12::1" }],
    ["two ports", ["m=video 5000/2 RTP/AVP 26", "c=IN IP4 239.1.1.1"], { address: "239.1.1.1" }],
  ])("is %s", (_what, lines, expected) => {
    expect(trackOf(...lines)).toMatchObject(expected);
  });

  it.each(["0", "65536", "70000", "-1", "x", "9".repeat(30), ""])("is no port: %j", (port) => {
    expect(trackOf(`m=video ${port} RTP/AVP 26`)).not.toHaveProperty("port");
  });

  it.each(["IN IP4 cam.local", "IN IP4", "IN IP4 1.2.3.4.5", "", "IN IP4 /16"])("is no address: %j", (line) => {
    expect(trackOf("m=video 0 RTP/AVP 26", `c=${line}`)).not.toHaveProperty("address");
  });
});
