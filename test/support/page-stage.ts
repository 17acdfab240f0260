import { StreamError } from "../../lib/errors.js";
import { type Camera, type CameraSink, Sender } from "../../server/index.js";
import { WebOutput } from "../../server/outputs/web.js";
import type { TelemetrySource } from "../../server/telemetry/telemetry-source.js";
import type { PeerCodec } from "../../server/webrtc/peer-codec.js";
import { PICTURE } from "./peer-pictures.js";
import { freeTcpPort } from "./peer-ports.js";
import type { Finished } from "./peer-program.js";
import { tapeUnits } from "./peer-sender.js";
import { TapeCamera } from "./tape-camera.js";

/** A camera of numbered pictures that breaks, and stays broken, when it is told to. */
export class FragileCamera implements Camera {
  readonly description = "tape";
  readonly fps: number;
  readonly #tape: TapeCamera;
  #broken: string | undefined;
  #end: ((error: StreamError) => void) | undefined;

  constructor(tape: TapeCamera) {
    this.#tape = tape;
    this.fps = tape.fps;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    if (this.#broken !== undefined) throw new StreamError("process-failed", this.#broken);
    const run = new AbortController();
    const broken = new Promise<never>((_, reject) => {
      this.#end = reject;
    });
    try {
      await Promise.race([this.#tape.run(sink, AbortSignal.any([signal, run.signal])), broken]);
    } finally {
      run.abort();
    }
  }

  break(reason: string): void {
    this.#broken = reason;
    this.#end?.(new StreamError("process-failed", reason));
  }

  mend(): void {
    this.#broken = undefined;
  }
}

/** The page of one or more cameras. */
export interface PageStage {
  origin: string;
  cameras: Record<string, { camera: FragileCamera; viewers(): number }>;
}

/** What a {@link PageStage} may differ in. */
export interface PageStageOptions {
  cameras?: readonly string[];
  /** H.264 by default. */
  codec?: PeerCodec;
  /** Pictures a second; as they are made by default. */
  fps?: number;
  telemetry?: TelemetrySource;
}

/** Shows cameras of numbered pictures on a page until the test is over. */
export async function servePage(options: PageStageOptions, finished: Finished): Promise<PageStage> {
  const { cameras = ["bow"], codec = "h264", fps = PICTURE.fps, telemetry } = options;
  const port = await freeTcpPort();
  const stage: PageStage = { origin: `http://127.0.0.1:${port}`, cameras: {} };
  for (const cameraId of cameras) {
    const camera = new FragileCamera(new TapeCamera(await tapeUnits(codec), fps));
    const place = { host: "127.0.0.1", port, allowedOrigins: [], maxBacklogMs: 2_000, jpegQuality: 90 };
    const output = new WebOutput({ ...place, cameraId, ...(telemetry && { telemetry }) });
    const sender = new Sender({ camera, outputs: [output] });
    finished(() => sender.close());
    await sender.ready;
    stage.cameras[cameraId] = { camera, viewers: () => output.stats().clients };
  }
  return stage;
}
