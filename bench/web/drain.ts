/** A process of many viewers that throw away what they get. Started by {@link measureViewers}. */
import { setTimeout as wait } from "node:timers/promises";
import { monotonicMs } from "../monotonic.js";
import { type Arrival, summarizeArrivals } from "./arrivals.js";
import { drainWebSocket } from "./drain-websocket.js";
import { drainWhep } from "./drain-whep.js";
import type { DrainMessage, DrainSettings } from "./viewer-load.js";

/** What each has to catch up with is over by then. */
const SETTLING_MS = 1_500;
/** What is still on its way when the time is over may arrive for so long. */
const GRACE_MS = 500;
const TRANSPORTS = { websocket: drainWebSocket, whep: drainWhep } as const;

const { transport, viewers, origin, seconds } = JSON.parse(process.argv[2] ?? "{}") as DrainSettings;
process.on("disconnect", () => process.exit());
const arrivals: Arrival[][] = [];
for (let index = 0; index < viewers; index++) {
  const own: Arrival[] = [];
  arrivals.push(own);
  await TRANSPORTS[transport](origin, (arrival) => own.push(arrival));
}
await wait(SETTLING_MS);
tell("begin");
const fromMs = monotonicMs();
const used = process.cpuUsage();
await wait(seconds * 1000);
const { user, system } = process.cpuUsage(used);
const toMs = monotonicMs();
tell("end");
await wait(GRACE_MS);
const drainProcessor = (user + system) / 1000 / (toMs - fromMs);
tell({ ...summarizeArrivals(arrivals, { fromMs, toMs }), drainProcessor });

function tell(message: DrainMessage): void {
  process.send?.(message, () => typeof message === "object" && process.exit());
}
