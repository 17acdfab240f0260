import { type ChildExit, type ChildProcess, startChildProcess } from "../../lib/child-process.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { AnnexBAssembler } from "../../lib/codecs/annexb-assembler.js";
import { JpegSplitter } from "../../lib/codecs/jpeg-splitter.js";
import { StreamError } from "../../lib/errors.js";
import { IdleFlush } from "../../lib/sources/idle-flush.js";
import type { Camera, CameraSink } from "./camera.js";
import type { CameraContext } from "./camera-context.js";
import { openFifo } from "./fifo.js";
import type { ResolvedCameraOptions } from "./options.js";
import { planRpicam, rpicamArguments } from "./rpicam-arguments.js";
import { type RpicamCapabilities, readRpicamCapabilities } from "./rpicam-capabilities.js";
import { SensorTimes } from "./sensor-times.js";

const GONE = /no cameras available|selected camera is not available/;

/** A camera on a Raspberry Pi's camera connector, driven through rpicam-vid. */
export class RpicamCamera implements Camera {
  readonly description: string;
  readonly fps: number;
  readonly #options: ResolvedCameraOptions<"rpicam">;
  readonly #context: CameraContext;
  #capabilities: RpicamCapabilities | undefined;

  constructor(options: ResolvedCameraOptions<"rpicam">, context: CameraContext) {
    const { camera, width, height, fps } = options;
    this.description = `Raspberry Pi camera ${camera}, ${width}x${height} at ${fps} fps`;
    this.fps = fps;
    this.#options = options;
    this.#context = context;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    try {
      await this.#run(sink, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#context;
    // What the program can do stays the same; asking takes seconds on a small Pi.
    const capabilities = this.#capabilities ?? (await readRpicamCapabilities(this.#context, signal));
    const plan = planRpicam(this.#options, capabilities);
    this.#capabilities = capabilities;
    const times = plan.sensorTimes ? new SensorTimes({ clock, fps: this.fps }) : undefined;
    const fifo = times && (await openFifo({ clock, signal, onText: (text) => times.push(text) }));
    const args = rpicamArguments(this.#options, capabilities, { plan, metadataPath: fifo?.path });
    logger.debug({ ...plan, version: capabilities.version, args }, `starts ${capabilities.command}`);
    try {
      sink.starts?.();
      const child = startChildProcess({ command: capabilities.command, args, signal });
      const exit = await this.#pump({ child, sink, signal, times });
      if (!signal.aborted) throw failure(child, exit);
    } finally {
      await fifo?.close();
    }
  }

  async #pump(run: Pump): Promise<ChildExit> {
    const { child, sink, signal, times } = run;
    let lostCount = 0;
    let nextTold = 1;
    const lost = (count: number): void => {
      for (let picture = 0; picture < count; picture++) times?.next();
      lostCount += count;
      if (lostCount < nextTold) return;
      // Each time that it has doubled: a fault that stays does not fill the log.
      nextTold = 2 * lostCount;
      this.#context.logger.warn({ lost: lostCount }, `${this.description}: pictures lost in this run: ${lostCount}`);
    };
    const units = { unit: (unit: AccessUnit) => sink.unit(unit, times?.next()), lost, discarded: () => {} };
    const isJpeg = this.#options.codec === "mjpeg";
    const parser = isJpeg ? new JpegSplitter({ sink: units }) : new AnnexBAssembler({ sink: units, codec: "h264" });
    const flush = new IdleFlush({ parser, clock: this.#context.clock });
    child.stdout.on("data", (bytes: Buffer) => {
      if (!signal.aborted) flush.bytes(bytes);
    });
    const exit = await child.exited;
    flush.close();
    return exit;
  }
}

interface Pump {
  child: ChildProcess;
  sink: CameraSink;
  signal: AbortSignal;
  times: SensorTimes | undefined;
}

function failure(child: ChildProcess, exit: ChildExit): StreamError {
  const error = child.failure(exit);
  if (!child.stderrTail().some((line) => GONE.test(line))) return error;
  return new StreamError("camera-missing", error.message, { details: error.details });
}
