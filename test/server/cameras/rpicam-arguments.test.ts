import { describe, expect, it } from "vitest";
import type { CameraOptions } from "../../../server/cameras/options.js";
import { type ResolvedCameraOptions, resolveCameraOptions } from "../../../server/cameras/options.js";
import { planRpicam, rpicamArguments } from "../../../server/cameras/rpicam-arguments.js";
import {
  parseCameras,
  parseOptionNames,
  type RpicamCapabilities,
} from "../../../server/cameras/rpicam-capabilities.js";

const PI4 = "0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)";
const PI5 = "0 : imx708_wide [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)";
const LIBAV = ["libav-video-codec", "libav-video-codec-opts", "libav-format"];

function capabilities(camera: string, options: string[]): RpicamCapabilities {
  return { command: "rpicam-vid", version: "v1", options: new Set(options), cameras: parseCameras(camera) };
}

function argumentsFor(
  found: RpicamCapabilities,
  options: Partial<CameraOptions> = {},
  metadataPath?: string,
): string[] {
  const resolved = resolveCameraOptions({ kind: "rpicam", ...options } as CameraOptions);
  const wanted = resolved as ResolvedCameraOptions<"rpicam">;
  const plan = planRpicam({ ...wanted, camera: 0, sync: undefined }, found);
  return rpicamArguments(wanted, found, { plan, metadataPath });
}

const common = "--nopreview --timeout 0 --output - --flush --inline --camera 0 --width 640 --height 480 --framerate 30";
const coding = "--bitrate 2000000 --intra 30";

describe("rpicamArguments", () => {
  it("asks a Pi 4 for its hardware encoder and for metadata", () => {
    const found = capabilities(PI4, ["denoise", "metadata", "low-latency", ...LIBAV]);
    expect(argumentsFor(found, {}, "/tmp/m").join(" ")).toBe(
      `${common} ${coding} --denoise cdn_off --codec h264 --metadata /tmp/m --metadata-format json`,
    );
  });

  it("asks a Pi 5 for libx264 as an elementary stream with low latency", () => {
    const found = capabilities(PI5, ["denoise", "metadata", "low-latency", ...LIBAV]);
    expect(argumentsFor(found).join(" ")).toBe(
      `${common} ${coding} --denoise cdn_off ` +
        "--codec libav --libav-video-codec libx264 --libav-format h264 --low-latency",
    );
  });

  it("takes the B-frame and the threads by picture away by x264's own settings on a Pi 5 before version 1.6", () => {
    const found = capabilities(PI5, LIBAV);
    expect(argumentsFor(found).join(" ")).toBe(
      `${common} ${coding} --codec libav --libav-video-codec libx264 --libav-format h264 ` +
        "--libav-video-codec-opts preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1",
    );
  });

  it.each([
    ["a Pi 4", PI4],
    ["a Pi 5 without libav", PI5],
  ])("asks %s for JPEGs, and for nothing that is of H.264", (_name, camera) => {
    const found = capabilities(camera, ["metadata"]);
    const wanted = { codec: "mjpeg", jpegQuality: 70, profile: "main" } as Partial<CameraOptions>;
    expect(planRpicam({ camera: 0, codec: "mjpeg" }, found)).toMatchObject({ encoder: "jpeg", sensorTimes: false });
    expect(argumentsFor(found, wanted).join(" ")).toBe(
      "--nopreview --timeout 0 --output - --flush --camera 0 --width 640 --height 480 --framerate 30 --quality 70 " +
        "--codec mjpeg",
    );
  });

  it("passes every option on", () => {
    const options = { width: 1280, height: 720, fps: 25, bitrate: 4_000_000, gop: 50, profile: "main", level: "4.1" };
    const turned = { hflip: true, vflip: true, rotation: 180, tuningFile: "/t.json" };
    const wanted = { ...options, ...turned, sync: "client" } as Partial<CameraOptions>;
    const made = argumentsFor(capabilities(PI4, ["sync"]), wanted).join(" ");
    expect(made).toBe(
      "--nopreview --timeout 0 --output - --flush --inline --camera 0 --width 1280 --height 720 --framerate 25 " +
        "--bitrate 4000000 --intra 50 --profile main --level 4.1 --hflip --vflip --rotation 180 " +
        "--tuning-file /t.json --sync client --codec h264",
    );
  });
});

const FIRST = { camera: 0, codec: "h264" } as const;

describe("planRpicam", () => {
  it("asks only a Pi with a hardware encoder for the sensor's times", () => {
    expect(planRpicam(FIRST, capabilities(PI4, ["metadata"])).sensorTimes).toBe(true);
    expect(planRpicam(FIRST, capabilities(PI4, [])).sensorTimes).toBe(false);
    expect(planRpicam(FIRST, capabilities(PI5, ["metadata", ...LIBAV])).sensorTimes).toBe(false);
  });

  it("takes a USB camera's Pi for one without an encoder, which is right or only slower", () => {
    const usb = "0 : C920 [1920x1080] (/base/scb/pcie@7d500000,0/pci@0,0/usb@0,0-1.3:1.0-046d:082d)";
    expect(planRpicam(FIRST, capabilities(usb, LIBAV)).encoder).toBe("software");
  });

  it.each([
    [PI5, 1, "camera-missing", "camera.camera: 1 does not exist; found: 0 (imx708_wide)"],
    ["", 0, "camera-missing", "rpicam-vid finds no camera"],
    [
      PI5,
      0,
      "unsupported",
      "rpicam-vid has no libav, and this Pi has no H.264 encoder of its own: sudo apt install rpicam-apps",
    ],
  ])("refuses %s camera %i with %s", (camera, index, code, message) => {
    const attempt = () => planRpicam({ ...FIRST, camera: index }, capabilities(camera, []));
    expect(attempt).toThrow(expect.objectContaining({ code, message }));
  });

  it("refuses to keep time with another camera where the program cannot", () => {
    const wanted = { ...FIRST, sync: "client" } as const;
    const message = "camera.sync: rpicam-vid knows no --sync; client needs a newer one: sudo apt install rpicam-apps";
    const error = expect.objectContaining({ code: "unsupported", message });
    expect(() => planRpicam(wanted, capabilities(PI4, ["metadata"]))).toThrow(error);
    expect(planRpicam(wanted, capabilities(PI4, ["sync"])).encoder).toBe("hardware");
  });
});

describe("what rpicam-vid says", () => {
  it("is read for its option names, with and without a short form", () => {
    const help =
      "Valid options are:\n  -h [ --help ] [=arg(=1)] (=0)  Print this help\n  --list-cameras [=arg(=1)] (=0)\n" +
      "  --libav-format arg    Sets the format. See --other\n  -t [ --timeout ] arg (=5sec)  Time\n";
    expect([...parseOptionNames(help)]).toEqual(["help", "list-cameras", "libav-format", "timeout"]);
  });

  it("is read for its cameras", () => {
    const list =
      `Available cameras\n-----------------\n${PI5}\n    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]\n` +
      "                             2304x1296 [56.03 fps - (0, 0)/4608x2592 crop]\n\n1 : ov5647 [2592x1944 10-bit GBRG] (/base/soc/x)\n";
    expect(parseCameras(list)).toEqual([
      { index: 0, sensor: "imx708_wide", path: "/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a" },
      { index: 1, sensor: "ov5647", path: "/base/soc/x" },
    ]);
    expect(parseCameras("No cameras available!\n")).toEqual([]);
  });
});
