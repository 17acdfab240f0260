import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { type Percentiles, SampleWindow } from "../../lib/sample-window.js";
import { encodeMavlink } from "../../server/telemetry/mavlink/encode-mavlink.js";
import { monotonicMs } from "../monotonic.js";
import { projectPath } from "../project-path.js";
import { type BenchPage, withPage } from "./bench-page.js";
import { exchangeTimes, relateClocks } from "./page-clock.js";
import { reasonOf } from "./reason-of.js";

/** What a vehicle sends of its attitude when it is asked for much. */
const RATE_HZ = 50;
const SETTLING_MS = 1_000;
const SOCKET_IO = createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js");

/** Messages of a vehicle, from their sending to the event in a page; milliseconds. */
export type TelemetryResult =
  | (Percentiles & { sent: number; came: number; uncertaintyMs: number })
  | { failure: string };

/** Where telemetry is taken from, and given. */
export interface TelemetryRun {
  browser: Promise<Browser>;
  /** Of the web server. */
  origin: string;
  /** Where the sender listens for MAVLink, on this machine. */
  mavlinkPort: number;
  seconds: number;
}

/** Is a vehicle, and listens to itself in a page that shows the camera meanwhile. Never rejects. */
export async function measureTelemetry(run: TelemetryRun): Promise<TelemetryResult> {
  try {
    return await withPage(await run.browser, async (page) => {
      await page.page.addInitScript({ path: SOCKET_IO });
      await page.page.addInitScript({ path: projectPath("bench/web/page/time-messages.js") });
      await page.show(run.origin, "websocket");
      await page.page.evaluate(`benchMessages.listen(${JSON.stringify(run.origin)})`);
      return await watch(page, run);
    });
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

async function watch({ page }: BenchPage, { mavlinkPort, seconds }: TelemetryRun): Promise<TelemetryResult> {
  const exchanges = await exchangeTimes(page);
  const settling = Math.ceil((SETTLING_MS / 1000) * RATE_HZ);
  const sentAtMs = await sendAttitudes(mavlinkPort, settling + seconds * RATE_HZ);
  await wait(SETTLING_MS);
  exchanges.push(...(await exchangeTimes(page)));
  const { offsetMs, uncertaintyMs } = relateClocks(exchanges);
  const noted = await page.evaluate<[number, number][]>("benchMessages.noted");
  const window = new SampleWindow(sentAtMs.length);
  let came = 0;
  for (const [number, atMs] of noted) {
    const sent = number < settling ? undefined : sentAtMs[number];
    if (sent === undefined) continue;
    window.add(atMs + offsetMs - sent);
    came++;
  }
  const percentiles = window.percentiles();
  if (!percentiles) return { failure: "no message came" };
  return { ...percentiles, sent: sentAtMs.length - settling, came, uncertaintyMs };
}

/** Gives when each was sent, monotonic; its place in the list is its `time_boot_ms`. */
async function sendAttitudes(port: number, count: number): Promise<number[]> {
  const socket = createSocket("udp4");
  // A sender that is gone shows by the messages that do not come.
  socket.on("error", () => {});
  // So that each is sent at once, without a look-up of its address.
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  const from = { systemId: 1, componentId: 1, version: 2 } as const;
  const sentAtMs: number[] = [];
  const startMs = monotonicMs();
  try {
    while (sentAtMs.length < count) {
      const number = sentAtMs.length;
      await wait(Math.max(0, startMs + (number * 1000) / RATE_HZ - monotonicMs()));
      const fields = { time_boot_ms: number, roll: Math.sin(number / RATE_HZ), pitch: 0.1, yaw: 0.2 };
      const packet = encodeMavlink({ name: "ATTITUDE", fields, sequence: number % 256, ...from });
      sentAtMs.push(monotonicMs());
      socket.send(packet);
    }
  } finally {
    socket.close();
  }
  return sentAtMs;
}
