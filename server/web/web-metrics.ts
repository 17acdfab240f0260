import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { CameraDirectory } from "./camera-directory.js";
import type { WebDocument } from "./document-route.js";
import type { WebCamera } from "./web-camera.js";

interface Figure {
  name: string;
  help: string;
  of(camera: WebCamera): number;
}

const GAUGES: readonly Figure[] = [
  { name: "live", help: "1 while its pictures come", of: ({ status }) => (status.state.name === "live" ? 1 : 0) },
  { name: "fps", help: "Pictures a second", of: ({ meter }) => meter.fps },
];
const COUNTERS: readonly Figure[] = [
  { name: "units_total", help: "Access units from the camera", of: ({ meter }) => meter.units },
  { name: "keyframes_total", help: "Keyframes from the camera", of: ({ meter }) => meter.keyframes },
  { name: "bytes_total", help: "Bytes from the camera", of: ({ meter }) => meter.bytes },
  { name: "sent_bytes_total", help: "Bytes to viewers", of: ({ sentBytes }) => sentBytes },
  { name: "dropped_units_total", help: "Access units that slow viewers missed", of: (camera) => camera.droppedUnits },
];

/** Memory, processor time and the like: one for all servers of the process, since what measures them never ends. */
let processMetrics: Registry | undefined;

/** The figures of a web server's cameras, read when somebody asks. */
export function createMetrics(cameras: CameraDirectory): Registry {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["camera"];
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      ...{ name: `glasslink_camera_${name}`, help, labelNames, registers },
      collect() {
        this.reset();
        for (const camera of cameras) this.set({ camera: camera.id }, of(camera));
      },
    });
  }
  for (const { name, help, of } of COUNTERS) {
    new Counter({
      ...{ name: `glasslink_camera_${name}`, help, labelNames, registers },
      collect() {
        this.reset();
        for (const camera of cameras) this.inc({ camera: camera.id }, of(camera));
      },
    });
  }
  new Gauge({
    ...{ name: "glasslink_viewers", help: "Viewers now", labelNames: ["camera", "transport"], registers },
    collect() {
      this.reset();
      for (const { id, viewersBy } of cameras) {
        for (const [transport, viewers] of Object.entries(viewersBy)) this.set({ camera: id, transport }, viewers);
      }
    },
  });
  return registry;
}

/** What Prometheus reads at `/metrics`. */
export async function metricsDocument(registry: Registry): Promise<WebDocument> {
  if (!processMetrics) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics });
  }
  const all = Registry.merge([registry, processMetrics]);
  return { contentType: all.contentType, body: await all.metrics() };
}
