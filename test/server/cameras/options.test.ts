import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { type CameraOptions, resolveCameraOptions } from "../../../server/cameras/options.js";
import { parseCamera } from "../../../server/cameras/parse-camera.js";

function message(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-option") return error.message;
    throw error;
  }
  return "no error";
}

describe("resolveCameraOptions", () => {
  it("fills in 640x480 at 30 fps, 2 Mbit/s and a keyframe a second", () => {
    expect(resolveCameraOptions({ kind: "pattern" })).toEqual({
      kind: "pattern",
      width: 640,
      height: 480,
      fps: 30,
      bitrate: 2_000_000,
      gop: 30,
      codec: "h264",
    });
  });

  it("makes the keyframe interval one second at any rate", () => {
    expect(resolveCameraOptions({ kind: "rpicam", fps: 12.5 }).gop).toBe(13);
  });

  it("keeps what was given", () => {
    const options = { kind: "rpicam", camera: 1, hflip: true, rotation: 180, tuningFile: "a.json", gop: 7 } as const;
    expect(resolveCameraOptions(options)).toMatchObject(options);
  });

  it.each([
    [{ kind: "patern" }, 'camera.kind: "patern" is unknown; allowed: rpicam, v4l2, webcam, pattern, file'],
    [{ kind: "constructor" }, 'camera.kind: "constructor" is unknown; allowed: rpicam, v4l2, webcam, pattern, file'],
    [{}, "camera.kind: undefined is unknown; allowed: rpicam, v4l2, webcam, pattern, file"],
    [
      { kind: "pattern", widht: 9 },
      "camera.widht: unknown option; pattern takes: width, height, fps, bitrate, gop, codec, label",
    ],
    [
      { kind: "pattern", width: 63 },
      "camera.width: 63 is not allowed; it must be an even whole number of pixels from 64 to 7680",
    ],
    [
      { kind: "pattern", height: "high" },
      'camera.height: "high" is not allowed; it must be an even whole number of pixels from 64 to 4320',
    ],
    [
      { kind: "pattern", fps: 0 },
      "camera.fps: 0 is not allowed; it must be a number of pictures a second from 1 to 240",
    ],
    [
      { kind: "pattern", bitrate: 1.5e6 + 0.5 },
      "camera.bitrate: 1500000.5 is not allowed; it must be a whole number of bits a second from 50000 to 200000000",
    ],
    [
      { kind: "pattern", label: "it's" },
      'camera.label: "it\'s" is not allowed; it must be 1 to 64 letters, digits, "_", "." or "-"',
    ],
    [{ kind: "pattern", codec: "av1" }, 'camera.codec: "av1" is not allowed; it must be one of h264, h265, mjpeg'],
    [{ kind: "rpicam", rotation: 90 }, "camera.rotation: 90 is not allowed; it must be 0 or 180 degrees"],
    [{ kind: "rpicam", level: "5" }, 'camera.level: "5" is not allowed; it must be one of 4, 4.1, 4.2'],
    [{ kind: "rpicam", sync: "off" }, 'camera.sync: "off" is not allowed; it must be one of server, client'],
    [{ kind: "rpicam", hflip: "yes" }, 'camera.hflip: "yes" is not allowed; it must be true or false'],
    [{ kind: "file" }, "camera.path: nothing is not allowed; it must be the path of a video file"],
  ])("refuses %j and says what is allowed", (options, expected) => {
    expect(message(() => resolveCameraOptions(options as CameraOptions))).toBe(expected);
  });
});

describe("parseCamera", () => {
  it.each([
    ["pattern", { kind: "pattern", width: 640 }],
    ["pattern?width=1280&height=720&fps=29.97&bitrate=4000000", { width: 1280, height: 720, fps: 29.97, bitrate: 4e6 }],
    ["rpicam", { kind: "rpicam", camera: 0, hflip: false }],
    ["rpicam:1?hflip&vflip=false&rotation=180", { camera: 1, hflip: true, vflip: false, rotation: 180 }],
    ["rpicam?level=4.1&tuningFile=/usr/share/a.json", { level: "4.1", tuningFile: "/usr/share/a.json" }],
    ["rpicam:1?sync=client", { camera: 1, sync: "client" }],
    ["v4l2", { kind: "v4l2", device: "/dev/video0" }],
    ["v4l2:/dev/video2?fps=15", { device: "/dev/video2", fps: 15, gop: 15 }],
    ["webcam:FaceTime HD?width=1280&height=720", { kind: "webcam", device: "FaceTime HD", width: 1280 }],
    ["webcam:1", { device: "1" }],
    ["file:C:\\clips\\a.mp4", { kind: "file", path: "C:\\clips\\a.mp4" }],
    ["file:what?.mp4?gop=15", { path: "what?.mp4", gop: 15 }],
  ])("reads %s", (specification, expected) => {
    expect(parseCamera(specification)).toMatchObject(expected);
  });

  it.each([
    ["patern", 'camera "patern" is unknown; allowed: rpicam, v4l2, webcam, pattern, file'],
    ["", 'camera "" is unknown; allowed: rpicam, v4l2, webcam, pattern, file'],
    ["pattern:7", 'camera "pattern:7": pattern takes nothing after ":"'],
    ["pattern?size=9", "camera.size: unknown option; pattern takes: width, height, fps, bitrate, gop, codec, label"],
    ["pattern?fps=30&fps=60", 'camera.fps: given twice in "pattern?fps=30&fps=60"'],
    ["rpicam:1?camera=2", 'camera.camera: given twice in "rpicam:1?camera=2"'],
    ["rpicam:one", 'camera.camera: "one" is not allowed; it must be a whole number from 0 to 15'],
    ["pattern?fps=2e1", 'camera.fps: "2e1" is not allowed; it must be a number of pictures a second from 1 to 240'],
    ["pattern?kind=file", 'camera.kind: given twice in "pattern?kind=file"'],
    ["file", "camera.path: nothing is not allowed; it must be the path of a video file"],
    ["file:", 'camera.path: "" is not allowed; it must be the path of a video file'],
  ])("refuses %s and says what is allowed", (specification, expected) => {
    expect(message(() => parseCamera(specification))).toBe(expected);
  });
});
