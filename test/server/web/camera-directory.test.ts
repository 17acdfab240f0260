import { describe, expect, it } from "vitest";
import { StreamStatus } from "../../../server/stream-status.js";
import { CameraDirectory } from "../../../server/web/camera-directory.js";
import { WebCamera } from "../../../server/web/web-camera.js";

const status = new StreamStatus(() => "a camera");
const cameraOf = (id: string): WebCamera =>
  new WebCamera({ id, status, senderClock: () => ({ offsetMs: 0, uncertaintyMs: 0 }), onViewerFailure: () => {} });

describe("directory of cameras", () => {
  it("keeps them in the order in which they came, the first being the one without a name", () => {
    const cameras = new CameraDirectory();
    const [left, right] = [cameraOf("left"), cameraOf("right")];
    cameras.add(left);
    cameras.add(right);
    expect([...cameras]).toEqual([left, right]);
    expect([cameras.find(undefined), cameras.find("left"), cameras.find("right")]).toEqual([left, left, right]);
    cameras.remove(left);
    expect(cameras.find(undefined)).toBe(right);
  });

  it("puts those that come in whatever order by their ids, behind the others", () => {
    const cameras = new CameraDirectory();
    const ids = (): string[] => [...cameras].map(({ id }) => id);
    for (const id of ["right", "cam10", "left"]) cameras.add(cameraOf(id), "by its id");
    for (const id of ["yard", "gate"]) cameras.add(cameraOf(id));
    cameras.add(cameraOf("cam2"), "by its id");
    expect(ids()).toEqual(["yard", "gate", "cam2", "cam10", "left", "right"]);
    cameras.remove(cameras.find("left"));
    cameras.add(cameraOf("left"), "by its id");
    expect(ids()).toEqual(["yard", "gate", "cam2", "cam10", "left", "right"]);
    expect(cameras.find(undefined).id).toBe("yard");
  });

  it("tells of each that comes or goes, but not of one that was not there", () => {
    const cameras = new CameraDirectory();
    let changes = 0;
    cameras.on("change", () => changes++);
    const camera = cameraOf("left");
    cameras.add(camera);
    cameras.remove(cameraOf("left"));
    cameras.remove(camera);
    cameras.remove(camera);
    expect(changes).toBe(2);
  });

  it("takes no two with the same id", () => {
    const cameras = new CameraDirectory();
    cameras.add(cameraOf("left"));
    expect(() => cameras.add(cameraOf("left"))).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: 'the web server has a camera "left" already; ids must differ',
      }),
    );
  });

  it("answers for one that is not there", () => {
    const cameras = new CameraDirectory();
    expect(() => cameras.find("left")).toThrow(
      expect.objectContaining({ name: "HttpError", status: 503, message: "there is no camera now" }),
    );
    cameras.add(cameraOf("left"));
    cameras.add(cameraOf("right"));
    expect(() => cameras.find('up"\n')).toThrow(
      expect.objectContaining({ status: 404, message: 'no camera "up\\"\\n"; there is: left, right' }),
    );
    expect(() => cameras.find("x".repeat(1_000))).toThrow(`no camera "${"x".repeat(64)}"; there is: left, right`);
  });
});
