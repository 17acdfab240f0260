import { expect, it } from "vitest";
import { StreamStatus } from "../../../server/stream-status.js";
import { CameraDirectory } from "../../../server/web/camera-directory.js";
import { StatusRoute } from "../../../server/web/status-route.js";
import { WebCamera } from "../../../server/web/web-camera.js";
import { IngestStage } from "../gateway/support/ingest-stage.js";
import { webUnits } from "./support/web-units.js";

function liveCamera(): WebCamera {
  const camera = new WebCamera({
    ...{ id: "left", status: new StreamStatus(() => "left"), senderClock: () => undefined },
    onViewerFailure: () => {},
  });
  for (const unit of webUnits({ count: 2 })) camera.unit(unit);
  camera.status.live();
  return camera;
}

it("what is at / is a short status for programs, and the page for browsers", async () => {
  await using stage = await IngestStage.set();
  stage.server.add(liveCamera());
  const status = await stage.ask("/", { method: "GET", headers: { Accept: "*/*" } });
  expect([status.status, status.headers["content-type"], status.headers.vary]).toEqual([
    ...[200, "application/json"],
    expect.stringContaining("Accept"),
  ]);
  const camera = { id: "left", state: "live", codec: "h264", width: 640, height: 480, fps: 30, viewers: 0 };
  expect(JSON.parse(status.body)).toEqual({ status: "ok", cameras: [camera] });
  expect((await stage.ask("/", { method: "HEAD" })).body).toBe("");
  const page = { matches: () => true, methods: ["GET"], handle: () => void shown++, close: async () => {} };
  let shown = 0;
  const route = new StatusRoute(new CameraDirectory(), page);
  const exchange = { request: { headers: { accept: "text/html,*/*" } }, response: { appendHeader: () => {} } };
  await route.handle(exchange as never);
  expect([shown, route.matches("/"), route.matches("/x")]).toEqual([1, true, false]);
});
