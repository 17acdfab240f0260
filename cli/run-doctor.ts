import { type HardwareDecoder, proveHardwareDecoders } from "../lib/ffmpeg/hardware-decoders.js";
import { installCommand } from "../lib/ffmpeg/locate.js";
import { locateFfmpeg, StreamError } from "../lib/index.js";
import { listNetwork, type NetworkAddress } from "./doctor-network.js";
import { checkPorts, type PortCheck } from "./doctor-ports.js";
import { describeFindings } from "./doctor-report.js";
import { type FoundCamera, findCameras } from "./find-cameras.js";
import { findOnPath } from "./find-on-path.js";
import type { LogLevel } from "./log-levels.js";
import type { CommandContext } from "./run-command.js";

/** The options of `glasslink doctor` as they were parsed. */
export interface DoctorOptions {
  json?: true;
  logLevel: LogLevel;
}

/** What `doctor --json` prints. */
export interface DoctorFindings {
  /** Versions of glasslink's ground. */
  node: string;
  platform: string;
  ffmpeg: { usable: boolean; path?: string; version?: string; problem?: string; install?: string };
  hardwareDecoders: HardwareDecoder[];
  cameras: FoundCamera[];
  network: NetworkAddress[];
  ports: PortCheck[];
}

/**
 * Tells what this machine has and lacks.
 * @throws StreamError `ffmpeg-missing` where ffmpeg is not usable
 */
export async function runDoctor(options: DoctorOptions, { signal, status, print }: CommandContext): Promise<void> {
  status.show("checking ffmpeg, hardware decoders, cameras, network and ports …");
  const ffmpeg = await checkFfmpeg();
  const path = ffmpeg.usable ? ffmpeg.path : undefined;
  const [hardwareDecoders, cameras, network, ports] = await Promise.all([
    path === undefined ? [] : proveHardwareDecoders(path, { signal }),
    findCameras({ signal, ...(path !== undefined && { ffmpegPath: path }) }),
    listNetwork(),
    checkPorts(),
  ]);
  if (signal.aborted) return;
  const findings = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    ...{ ffmpeg, hardwareDecoders, cameras, network, ports },
  };
  print(options.json ? JSON.stringify(findings) : describeFindings(findings));
  if (!ffmpeg.usable) throw new StreamError("ffmpeg-missing", ffmpeg.problem ?? "ffmpeg is not usable");
}

async function checkFfmpeg(): Promise<DoctorFindings["ffmpeg"]> {
  try {
    const { path, version } = await locateFfmpeg();
    return { usable: true, path: await findOnPath(path), version };
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return { usable: false, problem: error.message, install: installCommand() };
  }
}
