import { setTimeout as wait } from "node:timers/promises";
import { monotonicMs } from "../monotonic.js";
import { type CameraReport, type GatewayHandle, startGateway } from "../processes/start-gateway.js";
import { type SenderHandle, startSender } from "../processes/start-sender.js";
import type { FarNetwork } from "./far-network.js";

const FLOWING_MS = 1_500;
const AWAY_MS = 4_000;
const PATIENCE_MS = 15_000;
const LOOK_MS = 20;
const CAMERA = "left";

/** How long it took from a thing's being there again to the next frame; milliseconds, `Infinity` where none came. */
export interface ReturnRow {
  what: string;
  backMs: number;
}

interface Stage {
  clip: string;
  port: number;
  network: FarNetwork;
}

/** Cuts the network, the camera and the gateway, one after another, each for four seconds. */
export async function measureReturns(stage: Stage): Promise<ReturnRow[]> {
  const { network } = stage;
  let gateway = await startFarGateway(stage);
  let sender = await startCamera(stage);
  try {
    await wait(FLOWING_MS);
    network.is("loss 100");
    await wait(AWAY_MS);
    network.is("loss 0");
    const cut = await untilFrame(gateway, monotonicMs());
    await wait(FLOWING_MS);
    // Nobody is told: no reset gets through.
    network.is("loss 100");
    await sender.kill();
    await wait(AWAY_MS);
    network.is("loss 0");
    sender = await startCamera(stage);
    const power = await untilFrame(gateway, (await sender.written())[0]?.[1] ?? Number.NaN);
    await wait(FLOWING_MS);
    await gateway.kill();
    await wait(AWAY_MS);
    gateway = await startFarGateway(stage);
    const killed = await untilFrame(gateway, gateway.listeningAtMs);
    return [
      { what: "the network, cut for 4 s", backMs: cut },
      { what: "the camera's power, from its first picture", backMs: power },
      { what: "the gateway, killed for 4 s", backMs: killed },
    ];
  } finally {
    await sender.kill();
    await gateway.kill();
  }
}

function startFarGateway({ port, network }: Stage): Promise<GatewayHandle> {
  return startGateway({ host: network.address, port, namespace: network.gateway });
}

function startCamera({ clip, port, network }: Stage): Promise<SenderHandle> {
  const output = `webrtc+http://${network.address}:${port}?camera=${CAMERA}`;
  return startSender(clip, { outputs: [output], namespace: network.sender });
}

async function untilFrame(gateway: GatewayHandle, fromMs: number): Promise<number> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    const camera = (await gateway.report()).cameras[CAMERA] as CameraReport | undefined;
    const next = camera?.frames.find(([, atMs]) => atMs > fromMs);
    if (next) return next[1] - fromMs;
    await wait(LOOK_MS);
  }
  return Number.POSITIVE_INFINITY;
}
