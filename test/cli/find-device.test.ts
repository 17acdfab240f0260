import { describe, expect, it } from "vitest";
import { type DeviceMachine, findDevice, patternInPlaceOf } from "../../cli/find-device.js";
import { parseCameras } from "../../server/cameras/rpicam-capabilities.js";

const FIRST = parseCameras("0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)\n");
const device = (deviceId: number, fields = {}) => ({ deviceId, fields, id: "left" });

function machine(listed: typeof FIRST | undefined, ...paths: string[]): DeviceMachine {
  return { rpicamCameras: async () => listed, isThere: async (path) => paths.includes(path) };
}

describe("findDevice", () => {
  it("takes the camera that rpicam-vid lists by that number", async () => {
    const found = await findDevice(device(0, { fps: 25, sync: "client" }), machine(FIRST, "/dev/video0"));
    expect(found).toMatchObject({ kind: "rpicam", camera: 0, fps: 25, sync: "client" });
  });

  it("else takes the video device", async () => {
    const found = await findDevice(device(1, { width: 1280 }), machine(FIRST, "/dev/video1"));
    expect(found).toMatchObject({ kind: "v4l2", device: "/dev/video1", width: 1280 });
  });

  it("lets the sender ask again where rpicam-vid is there and does not answer", async () => {
    expect(await findDevice(device(1), machine(undefined))).toMatchObject({ kind: "rpicam", camera: 1 });
  });

  it("says what it found where there is none", async () => {
    const message = "no camera with device_id 1: rpicam-vid finds 0 (imx219), and there is no /dev/video1";
    await expect(findDevice(device(1), machine(FIRST))).rejects.toMatchObject({ code: "camera-missing", message });
    await expect(findDevice(device(0), machine([]))).rejects.toThrow("rpicam-vid finds none");
  });

  it("says that a video device does not take an option of the Raspberry Pi's cameras", async () => {
    const found = findDevice(device(0, { hflip: true }), machine([], "/dev/video0"));
    await expect(found).rejects.toThrow(/^cameras\.left\.hflip: unknown option; v4l2 takes: width, height, fps/);
  });
});

describe("patternInPlaceOf", () => {
  it("keeps what a pattern has", () => {
    const wanted = { width: 320, height: 240, fps: 10, bitrate: 500_000, gop: 5, hflip: true, sync: "client" };
    const { hflip, sync, ...kept } = wanted;
    expect(patternInPlaceOf(device(0, wanted))).toEqual({ kind: "pattern", codec: "h264", label: "left", ...kept });
  });
});
