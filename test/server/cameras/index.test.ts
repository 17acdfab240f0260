import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCamera } from "../../../server/cameras/index.js";
import type { CameraOptions } from "../../../server/cameras/options.js";
import { context } from "./support.js";

const rpicamPath = join(import.meta.dirname, "../../fixtures/rpicam-vid");

describe("openCamera", () => {
  it.each([
    [{ kind: "pattern", codec: "h265" }, "test pattern 640x480 at 30 fps, h265 by ffmpeg"],
    [{ kind: "rpicam", camera: 1, fps: 50 }, "Raspberry Pi camera 1, 640x480 at 50 fps"],
    [{ kind: "file", path: "clip.mp4" }, "file clip.mp4, looped"],
  ] as [CameraOptions, string][])("opens %j", (options, description) => {
    expect(openCamera(options, context).description).toBe(description);
  });

  it.each([{ kind: "pattern" }, { kind: "rpicam" }, { kind: "file", path: "clip.mp4" }] as CameraOptions[])(
    "gives a camera that ends at once where it was stopped before it ran: %j",
    async (options) => {
      const units: unknown[] = [];
      const camera = openCamera(options, { ...context, rpicamPath });
      await expect(camera.run({ unit: (unit) => void units.push(unit) }, AbortSignal.abort())).resolves.toBeUndefined();
      expect(units).toEqual([]);
    },
  );

  it("refuses wrong options before anything runs", () => {
    const options = { kind: "pattern", fps: 1000 } as const;
    expect(() => openCamera(options, context)).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
