import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveCameraOptions } from "../../../server/cameras/options.js";
import { WebcamCamera } from "../../../server/cameras/webcam.js";
import { context, decodeCounters, takeUnits, upTo } from "./support.js";

const FFMPEG = join(import.meta.dirname, "ffmpeg-with-camera");
const webcam = { ...context, ffmpegPath: async () => FFMPEG };
const V4L2 = "[video4linux2,v4l2 @ 0x55d]";
const RAW = `${V4L2} Raw       :     yuyv422 :           YUYV 4:2:2 : 320x240 640x480\n`;
const MJPEG = `${V4L2} Compressed:       mjpeg :          Motion-JPEG : 320x240 1280x720\n`;
const H264 = `${V4L2} Compressed:        h264 :                H.264 : 320x240\n`;
const small = { width: 320, height: 240 };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webcam-test-"));
  vi.stubEnv("WEBCAM_LOG", join(folder, "log"));
  vi.stubEnv("WEBCAM_LISTING", join(folder, "listing"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function lists(text: string): void {
  writeFileSync(join(folder, "listing"), text);
}

/** Arguments of the last call, from the device's on. */
function lastInput(): string {
  const words = JSON.parse(readFileSync(join(folder, "log"), "utf8").trim().split("\n").at(-1) ?? "[]") as string[];
  return words.slice(words.indexOf("-f"), words.indexOf("-i") + 4).join(" ");
}

function camera(options: Parameters<typeof resolveCameraOptions>[0], platform: NodeJS.Platform): WebcamCamera {
  return new WebcamCamera(
    resolveCameraOptions(options) as ConstructorParameters<typeof WebcamCamera>[0],
    webcam,
    platform,
  );
}

describe("v4l2 camera", () => {
  it.each([
    ["passes the camera's own H.264 on", RAW + MJPEG + H264, "h264", "h264", "-input_format h264", "copy"],
    ["codes raw video", RAW + MJPEG, "h264", "h264", "-input_format yuyv422", "-pix_fmt yuv420p"],
    ["codes MJPEG where there is no raw video", MJPEG, "h264", "h264", "-input_format mjpeg", "-pix_fmt yuv420p"],
    [
      "codes raw video as JPEG where that is asked for",
      RAW,
      "mjpeg",
      "mjpeg",
      "-input_format yuyv422",
      "-pix_fmt yuvj420p",
    ],
    ["passes MJPEG on where that is asked for", RAW + MJPEG + H264, "mjpeg", "mjpeg", "-input_format mjpeg", "copy"],
  ] as const)("%s", async (_name, listing, wanted, codec, input, coding) => {
    lists(`${listing}/dev/video0: Immediate exit requested\n`);
    const taken = await takeUnits(camera({ kind: "v4l2", codec: wanted, ...small }, "linux"), 7);
    expect(taken.every(({ unit }) => unit.codec === codec)).toBe(true);
    expect(decodeCounters(taken.map(({ unit }) => unit))).toEqual(upTo(7));
    expect(lastInput()).toContain(`-f v4l2 ${input} -video_size 320x240 -framerate 30 -i /dev/video0 `);
    expect(lastInput()).toContain(coding);
  });

  it("refuses a size that the camera does not have", async () => {
    lists(MJPEG);
    const message = "camera.width: /dev/video0 has no 640x480; it offers: 320x240, 1280x720";
    const run = takeUnits(camera({ kind: "v4l2" }, "linux"), 1);
    await expect(run).rejects.toMatchObject({ code: "invalid-option", message });
  });

  it("says that a device is not there", async () => {
    lists("/dev/video77: No such file or directory\n");
    await expect(takeUnits(camera({ kind: "v4l2", device: "/dev/video77" }, "linux"), 1)).rejects.toMatchObject({
      code: "camera-missing",
      message: "camera.device: /dev/video77 cannot be used: /dev/video77: No such file or directory",
    });
  });

  it("says what holds a busy device", async () => {
    lists(`${V4L2} ioctl(VIDIOC_G_INPUT): Device or resource busy\n/dev/video0: Device or resource busy\n`);
    await expect(takeUnits(camera({ kind: "v4l2" }, "linux"), 1)).rejects.toMatchObject({
      code: "process-failed",
      message: "camera.device: /dev/video0 cannot be used: /dev/video0: Device or resource busy",
    });
  });

  it("is refused on other systems", () => {
    const message = 'camera "v4l2" does not work on darwin, only on: linux';
    expect(() => camera({ kind: "v4l2" }, "darwin")).toThrow(expect.objectContaining({ code: "unsupported", message }));
  });
});

describe("webcam camera", () => {
  const MAC =
    "[AVFoundation indev @ 0x7f] AVFoundation video devices:\n[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera\n" +
    "[AVFoundation indev @ 0x7f] [1] USB Camera\n[AVFoundation indev @ 0x7f] AVFoundation audio devices:\n";

  it.each([
    [undefined, "0:none"],
    ["facetime", "0:none"],
    ["USB Camera", "1:none"],
    ["1", "1:none"],
  ])("finds the camera %s on macOS", async (device, id) => {
    lists(MAC);
    const options = { kind: "webcam", ...small, ...(device === undefined ? {} : { device }) } as const;
    expect(await takeUnits(camera(options, "darwin"), 1)).toHaveLength(1);
    expect(lastInput()).toContain(`-f avfoundation -video_size 320x240 -framerate 30 -i ${id} `);
  });

  it("takes the camera's MJPEG on Windows where raw video is too much", async () => {
    lists(
      '[dshow @ 0] "Integrated Camera" (video)\n' +
        "[dshow @ 0]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=30\n",
    );
    const taken = await takeUnits(camera({ kind: "webcam", width: 1280, height: 720 }, "win32"), 3);
    expect(decodeCounters(taken.map(({ unit }) => unit))).toEqual([0, 1, 2]);
    expect(lastInput()).toContain(
      "-f dshow -rtbufsize 64M -vcodec mjpeg -video_size 1280x720 -framerate 30 -i video=Integrated Camera ",
    );
  });

  it("is a V4L2 camera on Linux", async () => {
    lists(RAW);
    await takeUnits(camera({ kind: "webcam", ...small }, "linux"), 1);
    expect(lastInput()).toContain("-f v4l2 -input_format yuyv422");
  });

  it("names the cameras that are there when another one is asked for", async () => {
    lists(MAC);
    const message = "camera.device: Logitech is not there; found: FaceTime HD Camera, USB Camera";
    const run = takeUnits(camera({ kind: "webcam", device: "Logitech" }, "darwin"), 1);
    await expect(run).rejects.toMatchObject({ code: "camera-missing", message });
  });

  it("is refused where ffmpeg reaches no cameras", () => {
    const message = 'camera "webcam" does not work on aix, only on: linux, darwin, win32';
    expect(() => camera({ kind: "webcam" }, "aix")).toThrow(expect.objectContaining({ code: "unsupported", message }));
  });
});
