import { describe, expect, it } from "vitest";
import {
  chooseFormat,
  parseDshowFormats,
  parseV4l2Formats,
  type WebcamFormat,
  type WebcamWish,
} from "../../../server/cameras/webcam-formats.js";
import { parseAvfoundationDevices, parseDshowDevices } from "../../../server/cameras/webcam-systems.js";

const vga = { width: 640, height: 480 };
const hd = { width: 1280, height: 720 };
const h264: WebcamFormat = { coding: "h264", name: "h264", sizes: [hd] };
const mjpeg: WebcamFormat = { coding: "mjpeg", name: "mjpeg", sizes: [vga, hd] };
const raw: WebcamFormat = { coding: "raw", name: "yuyv422", sizes: [vga, hd] };
const any: WebcamFormat = { coding: "raw", name: "nv12" };
const wish = (options: Partial<WebcamWish>): WebcamWish => ({
  device: "cam",
  fps: 30,
  codec: "h264",
  ...vga,
  ...options,
});

describe("chooseFormat", () => {
  it.each([
    ["what the camera codes itself", [raw, mjpeg, h264], wish(hd), h264],
    ["raw video where its own coding has another size", [mjpeg, raw, h264], wish(vga), raw],
    ["MJPEG where raw video is too much for USB 2", [raw, mjpeg], wish(hd), mjpeg],
    ["raw video that is little enough at a low rate", [raw, mjpeg], wish({ ...hd, fps: 5 }), raw],
    ["raw video where there is nothing else", [raw], wish(hd), raw],
    ["MJPEG as it is where MJPEG is asked for", [raw, mjpeg, h264], wish({ ...hd, codec: "mjpeg" }), mjpeg],
    ["raw video, never H.264, where MJPEG is asked for and missing", [h264, raw], wish({ ...hd, codec: "mjpeg" }), raw],
    ["a format that has any size", [h264, any], wish({ width: 98, height: 76 }), any],
  ] as const)("takes %s", (_name, formats, wanted, expected) => {
    expect(chooseFormat(formats, wanted)).toBe(expected);
  });

  it("refuses a size that no format has and names those there are", () => {
    const attempt = () => chooseFormat([mjpeg, h264], wish({ width: 800, height: 600 }));
    const message = "camera.width: cam has no 800x600; it offers: 640x480, 1280x720";
    expect(attempt).toThrow(expect.objectContaining({ code: "invalid-option", message }));
  });
});

describe("what ffmpeg lists", () => {
  it("is read for V4L2 formats", () => {
    const lines = [
      "[video4linux2,v4l2 @ 0x55d] Compressed:       mjpeg :          Motion-JPEG : 640x480 1280x720",
      "[video4linux2,v4l2 @ 0x55d] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480",
      "[video4linux2,v4l2 @ 0x55d] Compressed:        h264 :                H.264 : 1280x720",
      "[video4linux2,v4l2 @ 0x55d] Compressed: Unsupported :              MPEG-7 : 640x480",
      "[video4linux2,v4l2 @ 0x55d] Raw       :        nv12 :         Y/CbCr 4:2:0 : {32-2592, 2}x{32-1944, 2}",
      "/dev/video0: Immediate exit requested",
    ];
    expect(parseV4l2Formats(lines)).toEqual([mjpeg, { coding: "raw", name: "yuyv422", sizes: [vga] }, h264, any]);
  });

  it("is read for DirectShow formats", () => {
    const lines = [
      "[dshow @ 000001] DirectShow video device options (from video devices)",
      '[dshow @ 000001]  Pin "Capture" (alternative pin name "0")',
      "[dshow @ 000001]   vcodec=mjpeg  min s=640x480 fps=5 max s=640x480 fps=30",
      "[dshow @ 000001]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=30 (pc, bt470bg/bt709/unknown, center)",
      "[dshow @ 000001]   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30",
      "[dshow @ 000001]   unknown compression type 0x3  min s=640x480 fps=5 max s=640x480 fps=30",
    ];
    expect(parseDshowFormats(lines)).toEqual([mjpeg, { coding: "raw", name: "yuyv422", sizes: [vga] }]);
  });

  it("is read for AVFoundation cameras, without the microphones", () => {
    const lines = [
      "[AVFoundation indev @ 0x7f8] AVFoundation video devices:",
      "[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera",
      "[AVFoundation indev @ 0x7f8] [1] Capture screen 0",
      "[AVFoundation indev @ 0x7f8] AVFoundation audio devices:",
      "[AVFoundation indev @ 0x7f8] [0] MacBook Pro Microphone",
    ];
    expect(parseAvfoundationDevices(lines)).toEqual([
      { id: "0", name: "FaceTime HD Camera" },
      { id: "1", name: "Capture screen 0" },
    ]);
  });

  it("is read for DirectShow cameras, without the microphones", () => {
    const lines = [
      '[dshow @ 00000] "Integrated Camera" (video)',
      '[dshow @ 00000]   Alternative name "@device_pnp_\\\\?\\usb#vid_04f2"',
      '[dshow @ 00000] "Microphone (Realtek Audio)" (audio)',
    ];
    expect(parseDshowDevices(lines)).toEqual([{ id: "Integrated Camera", name: "Integrated Camera" }]);
  });
});
