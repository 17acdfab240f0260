import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { StreamStatus } from "../../../server/stream-status.js";
import { WebCamera } from "../../../server/web/web-camera.js";
import { clockAhead } from "./support/clock-ahead.js";
import { webUnits } from "./support/web-units.js";

function setUp(clockOffsetMs: number | undefined = 0) {
  const status = new StreamStatus(() => "a camera");
  const failures: unknown[] = [];
  const camera = new WebCamera({
    ...{ id: "left", status, senderClock: () => clockAhead(clockOffsetMs) },
    onViewerFailure: (viewer, error) => failures.push(viewer, error),
  });
  return { camera, status, failures };
}

describe("camera of the web server", () => {
  it("counts its units before anybody is given them, and keeps the current group of pictures", () => {
    const { camera } = setUp();
    const sequences: number[] = [];
    camera.hub.add({ unit: () => sequences.push(camera.sequence) });
    const units = webUnits({ count: 5, gop: 3 });
    for (const unit of units) camera.unit(unit);
    expect(sequences).toEqual([1, 2, 3, 4, 5]);
    expect(camera.hub.gop.units()).toEqual(units.slice(3));
    expect(camera.meter).toMatchObject({ units: 5, keyframes: 2, bytes: 500, parameters: { width: 640, height: 480 } });
  });

  it("lets who joins wait for a live picture while it is lost, and measures its rate anew", () => {
    const { camera, status } = setUp();
    for (const unit of webUnits({ count: 5 })) camera.unit(unit);
    status.live();
    expect([camera.hub.gop.units().length, Math.round(camera.meter.fps)]).toEqual([5, 30]);
    status.lost("gone");
    expect([camera.hub.gop.units().length, camera.meter.fps]).toEqual([0, 0]);
  });

  it("counts who sees it, by how and in all", () => {
    const { camera } = setUp();
    camera.viewersBy.websocket += 2;
    camera.viewersBy.mjpeg += 1;
    expect([camera.viewers, camera.viewersBy]).toEqual([3, { websocket: 2, whep: 0, mjpeg: 1 }]);
  });

  it("goes on for the others when a viewer throws", () => {
    const { camera, failures } = setUp();
    const error = new Error("broken");
    const broken = {
      unit: () => {
        throw error;
      },
    };
    const seen: AccessUnit[] = [];
    camera.hub.add(broken);
    camera.hub.add({ unit: (unit) => seen.push(unit) });
    const units = webUnits({ count: 2 });
    for (const unit of units) camera.unit(unit);
    expect(seen).toEqual(units);
    expect(failures).toEqual([broken, error]);
  });

  const stamp = { sequence: 1, capturedAtUs: 5_000_500n, byteLength: 1, checksum: 1 };
  it.each<[string, Partial<AccessUnit>, number | undefined, number | undefined]>([
    ["its stamp", { stamp }, 0, 5_000.5],
    ["its stamp before what the transport tells", { stamp, capturedAtMs: 7_000 }, 0, 5_000.5],
    ["what the transport tells", { capturedAtMs: 7_000 }, 0, 7_000],
    ["its stamp and how far that clock is ahead", { stamp }, 1_000, 4_000.5],
    ["nothing, where that is not known", { stamp }, undefined, undefined],
    ["nothing, where it has no stamp", { capturedAtMs: undefined as never }, 0, undefined],
  ])("knows when a picture was taken by %s", (_by, given, clockOffsetMs, expected) => {
    const { camera } = setUp();
    const other = new WebCamera({
      ...{
        id: "right",
        status: camera.status,
        senderClock: () => clockAhead(clockOffsetMs),
        onViewerFailure: () => {},
      },
    });
    const [unit] = webUnits({ count: 1 });
    expect(other.capturedAtMs({ ...(unit as AccessUnit), ...given })).toBe(expected);
    expect(other.clockUncertaintyMs).toBe(clockOffsetMs === undefined ? undefined : clockOffsetMs / 100);
  });

  it("tells that it is taken away, once, and looks at its stream's state no more", () => {
    const { camera, status } = setUp();
    let removals = 0;
    camera.removed.addEventListener("abort", () => removals++);
    expect(camera.removed.aborted).toBe(false);
    camera.remove();
    camera.remove();
    expect(removals).toBe(1);
    expect(status.listenerCount("change")).toBe(0);
  });
});
