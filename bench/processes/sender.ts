/** A process that sends a clip; its parent asks it for the times. Started by {@link startSender}. */
import { parseStreamUrl } from "../../lib/stream-url.js";
import type { Camera } from "../../server/cameras/camera.js";
import type { Output } from "../../server/outputs/output.js";
import { openWebOutput } from "../../server/outputs/web-url.js";
import { Sender } from "../../server/sender.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { readClip } from "../clip/read-clip.js";
import { monotonicMs } from "../monotonic.js";
import { ClipCamera } from "./clip-camera.js";
import { PlainServer } from "./plain-server.js";

const { clip, port, outputs, mavlinkPort, pushWithoutNack } = JSON.parse(process.argv[2] ?? "{}") as {
  clip: string;
  port: number;
  outputs: string[];
  mavlinkPort?: number;
  pushWithoutNack?: { url: string; cameraId: string };
};
const plain = new PlainServer();
const plainUrl = await plain.listen();
const camera = new ClipCamera({ units: readClip(clip), fps: CLIP_FPS, beforeUnit: (unit) => plain.unit(unit) });
const further = mavlinkPort === undefined ? outputs : await withTelemetry(outputs, mavlinkPort);
const pushed = pushWithoutNack ? [await withoutRepair(pushWithoutNack)] : [];
const outputsOfAll = [`tcp://127.0.0.1:${port}`, ...further, ...pushed];
const sender = new Sender({ camera: camera satisfies Camera, outputs: outputsOfAll });
await sender.ready;
const [url, ...outputUrls] = sender.outputs.map((output) => output.url);
process.send?.({ url, outputUrls, plainUrl, acceptingAtMs: monotonicMs() });
process.on("message", () => process.send?.(camera.log));
process.on("disconnect", () => process.exit());

/** Loaded only where it is wanted: others start sooner without. */
async function withTelemetry(urls: readonly string[], port: number): Promise<Output[]> {
  const { Telemetry } = await import("../../server/telemetry/telemetry.js");
  const telemetry = new Telemetry({ link: `mavlink-udp://:${port}` });
  return urls.map((url) => openWebOutput(parseStreamUrl(url), { telemetry }));
}

async function withoutRepair({ url, cameraId }: { url: string; cameraId: string }): Promise<Output> {
  return (await import("./without-nack.js")).withoutNack(url, cameraId);
}
