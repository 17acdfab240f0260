import { setTimeout as wait } from "node:timers/promises";
import { SampleWindow } from "../../lib/sample-window.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { ages } from "../latency/ages.js";
import { processTimeMs } from "../processes/process-time.js";
import { type CameraReport, startGateway } from "../processes/start-gateway.js";
import { startSender } from "../processes/start-sender.js";
import type { FarNetwork } from "./far-network.js";

const WARM_UP_MS = 1_500;
const COMING_MS = 15_000;
const LOOK_MS = 20;

/** One run: so many cameras, in one process, push into one gateway, which decodes them. */
export interface GatewayCase {
  name: string;
  cameras: number;
  /** Of all packets, in both directions; needs a {@link FarNetwork}, as `delayMs` does. */
  lossPercent?: number;
  /** Each way. */
  delayMs?: number;
  nack?: boolean;
}

/** What came of one; milliseconds. */
export interface GatewayMeasured {
  p50: number;
  p95: number;
  max: number;
  /** From the camera's offer to its first frame; the longest of all cameras. */
  firstFrameMs: number;
  /** Frames a second of the slowest camera. */
  fps: number;
  /** Pictures that came damaged or not at all, of how many. */
  lost: number;
  sent: number;
  /** Milliseconds of processor time a second and camera. */
  processor: { gateway: number; decoders: number; sender: number };
}

/** One line of the table. */
export interface GatewayRow {
  case: GatewayCase;
  result: GatewayMeasured | { failure: string };
}

/** Measures one case, on loopback or in a network. */
export async function measureCameras(
  given: GatewayCase,
  { clip, port, seconds, network }: { clip: string; port: number; seconds: number; network?: FarNetwork },
): Promise<GatewayRow> {
  const host = network?.address ?? "127.0.0.1";
  const gateway = await startGateway({ host, port, ...(network && { namespace: network.gateway }) });
  network?.is(`delay ${given.delayMs ?? 0}`);
  const ids = Array.from({ length: given.cameras }, (_, index) => `camera${index + 1}`);
  const outputs = ids.map((id) => `webrtc+http://${host}:${port}?camera=${id}`);
  const plain = { url: `http://${host}:${port}/stream`, cameraId: ids[0] as string };
  const pushing = given.nack === false ? { pushWithoutNack: plain } : { outputs };
  const sender = await startSender(clip, { ...pushing, ...(network && { namespace: network.sender }) });
  try {
    const first = await framesOfAll(gateway.report, ids);
    network?.is(`loss ${given.lossPercent ?? 0}`);
    await wait(WARM_UP_MS);
    const before = { ...(await gateway.report()), sender: processTimeMs(sender.pid) ?? 0 };
    await wait(seconds * 1_000);
    const after = { ...(await gateway.report()), sender: processTimeMs(sender.pid) ?? 0 };
    const [fromMs, toMs] = [before.atMs, after.atMs];
    const written = await sender.written();
    const counted = ids.map((id) => {
      const frames = (after.cameras[id] as CameraReport).frames;
      return ages(frames, written).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    });
    const window = new SampleWindow(counted.flat().length || 1);
    for (const { ageMs } of counted.flat()) window.add(ageMs);
    const share = (used: number): number => used / given.cameras / ((toMs - fromMs) / 1_000);
    const lost = (report: typeof before): number => ids.reduce((sum, id) => sum + (report.cameras[id]?.lost ?? 0), 0);
    return {
      case: given,
      result: {
        ...(window.percentiles() ?? { p50: Number.NaN, p95: Number.NaN, max: Number.NaN }),
        firstFrameMs: Math.max(...ids.map((id) => sinceOffer(first[id] as CameraReport))),
        fps: Math.min(...counted.map(({ length }) => (length * 1_000) / (toMs - fromMs))),
        lost: lost(after) - lost(before),
        sent: Math.round(((toMs - fromMs) / 1_000) * CLIP_FPS) * given.cameras,
        processor: {
          gateway: share(after.processorMs.node - before.processorMs.node),
          decoders: share(after.processorMs.decoders - before.processorMs.decoders),
          sender: share(after.sender - before.sender),
        },
      },
    };
  } catch (error) {
    return { case: given, result: { failure: (error as Error).message } };
  } finally {
    await sender.kill();
    await gateway.kill();
    network?.is("loss 0");
  }
}

type Reports = Record<string, CameraReport>;

/** Resolves when every camera's first frame is there. */
async function framesOfAll(ask: () => Promise<{ cameras: Reports }>, ids: readonly string[]): Promise<Reports> {
  for (let waitedMs = 0; waitedMs < COMING_MS; waitedMs += LOOK_MS) {
    const { cameras } = await ask();
    if (ids.every((id) => (cameras[id]?.frames.length ?? 0) > 0)) return cameras;
    await wait(LOOK_MS);
  }
  throw new Error(`not every camera gave a frame within ${COMING_MS / 1_000} s`);
}

function sinceOffer({ offeredAtMs, frames }: CameraReport): number {
  return (frames[0]?.[1] ?? Number.NaN) - offeredAtMs;
}
