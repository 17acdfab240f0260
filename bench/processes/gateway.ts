/** A process that is a Gateway and notes what comes from its cameras. Started by {@link startGateway}. */
import type { Receiver } from "../../lib/index.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Gateway } from "../../server/index.js";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "./process-time.js";
import type { Seen } from "./receiver-report.js";
import type { CameraReport, GatewayReport } from "./start-gateway.js";

interface Watched {
  receiver: Receiver;
  offeredAtMs: number;
  frames: Seen[];
}

const cameras = new Map<string, Watched>();
const gateway = new Gateway({ rtspPort: null, ...JSON.parse(process.argv[2] ?? "{}") });
gateway.on("camera", ({ id, receiver }) => {
  const frames: Seen[] = [];
  cameras.set(id, { receiver, offeredAtMs: monotonicMs(), frames });
  receiver.on("frame", (frame) => {
    const atMs = monotonicMs();
    const counter = readFrameCounter(frame.data, frame.width, frame.height);
    if (counter !== undefined) frames.push([counter, atMs]);
    frame.release();
  });
});

/** What this process and its decoders have used. */
function processorMs(): { node: number; decoders: number } {
  const { user, system } = process.cpuUsage();
  const pids = [...cameras.values()].flatMap(({ receiver }) => receiver.stats().decoderPid ?? []);
  return { node: (user + system) / 1_000, decoders: pids.reduce((sum, pid) => sum + (processTimeMs(pid) ?? 0), 0) };
}

function report(): GatewayReport {
  const entries = [...cameras].map(([id, { receiver, offeredAtMs, frames }]): [string, CameraReport] => {
    const { lost, dropped, restarts } = receiver.stats();
    return [id, { offeredAtMs, frames, lost, dropped, restarts }];
  });
  return { cameras: Object.fromEntries(entries), processorMs: processorMs(), atMs: monotonicMs() };
}

await gateway.ready;
process.send?.({ listeningAtMs: monotonicMs() });
process.on("message", () => process.send?.(report()));
process.on("disconnect", () => process.exit());
