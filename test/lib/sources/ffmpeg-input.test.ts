import { describe, expect, it } from "vitest";
import { ffmpegInputs } from "../../../lib/sources/ffmpeg-input.js";

const OPTIONS = { connectTimeoutMs: 5_000 };

function opened(url: string): string[] {
  return ffmpegInputs(url, OPTIONS).map(({ args }) => args.slice(args.indexOf("-i")).join(" "));
}

function optionOf(url: string, option: string): (string | undefined)[] {
  return ffmpegInputs(url, OPTIONS).map(({ args }) =>
    args.includes(option) ? args[args.indexOf(option) + 1] : undefined,
  );
}

describe("ffmpegInputs", () => {
  it.each([
    ["video.mp4", "-i file:video.mp4"],
    ["-odd name:1.mp4", "-i file:-odd name:1.mp4"],
    ["/tmp/video.mp4", "-i file:/tmp/video.mp4"],
    ["C:\\video.mp4", "-i file:C:\\video.mp4"],
    ["file:video.mp4", "-i file:video.mp4"],
    ["file:///tmp/my%20video.mp4", "-i file:/tmp/my video.mp4"],
  ])("plays the file %s at its own speed", (url, expected) => {
    expect(opened(url)).toEqual([expected]);
    expect(ffmpegInputs(url, OPTIONS)[0].args).toContain("-re");
  });

  it.each([
    ["/dev/video0", "v4l2", "/dev/video0"],
    ["avfoundation:0", "avfoundation", "0"],
    ["dshow:video=My Camera", "dshow", "video=My Camera"],
  ])("names the format of the device %s", (url, format, name) => {
    expect(optionOf(url, "-f")).toEqual([format]);
    expect(opened(url)).toEqual([`-i ${name}`]);
    expect(ffmpegInputs(url, OPTIONS)[0].args).not.toContain("-re");
  });

  it.each([
    ["rtsp://host/a", "rtsp://host/a"],
    ["rtsp://host/a?transport=udp", "rtsp://host/a"],
    ["rtsp://host/a?channel=1&transport=tcp&sub=%20x", "rtsp://host/a?channel=1&sub=%20x"],
    ["rtsps://host/a?insecure=1&b", "rtsps://host/a?b"],
    ["rtsp://host/a?transportmode=unicast", "rtsp://host/a?transportmode=unicast"],
  ])("opens %s without our own parameters", (url, expected) => {
    expect(opened(url)).toEqual([`-i ${expected}`]);
  });

  it("prefers TCP for RTSP unless the URL chooses", () => {
    expect(optionOf("rtsp://host/a", "-rtsp_flags")).toEqual(["prefer_tcp"]);
    expect(optionOf("rtsp://host/a?transport=udp", "-rtsp_transport")).toEqual(["udp"]);
    expect(optionOf("rtsp://host/a?transport=tcp", "-rtsp_transport")).toEqual(["tcp"]);
    expect(optionOf("rtsp://host/a?transport=multicast", "-rtsp_transport")).toEqual(["udp_multicast"]);
  });

  it.each(["srt://host:9000?latency=20000", "http://host/live.ts", "https://host/a/b.h264?token=1"])(
    "takes %s as bytes, for our own parsers",
    (url) => {
      expect(ffmpegInputs(url, OPTIONS).map(({ output }) => output)).toEqual(["bytes"]);
      expect(optionOf(url, "-f")).toEqual(["data"]);
    },
  );

  it.each(["http://host/live", "rtmp://host/live/key", "https://host/a.ts/b.mp4", "hls+http://host/a.m3u8"])(
    "looks at %s quickly first, then for half of the time allowed",
    (url) => {
      expect(opened(url)).toEqual([`-i ${url}`, `-i ${url}`]);
      expect(optionOf(url, "-probesize")).toEqual(["32", undefined]);
      expect(optionOf(url, "-analyzeduration")).toEqual([undefined, "2500000"]);
    },
  );

  it("never asks for what would throw the probed pictures away", () => {
    for (const url of ["rtsp://host/a", "http://host/a", "srt://host:1", "a.mp4", "/dev/video0"]) {
      expect(JSON.stringify(ffmpegInputs(url, OPTIONS))).not.toContain("nobuffer");
    }
  });
});
