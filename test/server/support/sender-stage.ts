import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { StreamError } from "../../../lib/errors.js";
import { Sender } from "../../../server/sender.js";
import type { SenderOptions } from "../../../server/sender-options.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits } from "./make-units.js";
import { StandInCamera } from "./stand-in-camera.js";

/** An address for a TCP output of a test. */
export const LOCAL = "tcp://127.0.0.1:0";

/** A sender whose camera and clock the test works by hand. */
export class SenderStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly camera = new StandInCamera();
  readonly sender: Sender;
  readonly warnings: StreamError[] = [];

  /** Constructs the sender; one local TCP output and no stamps unless the options say otherwise. */
  constructor(options: Partial<SenderOptions> = {}) {
    this.sender = new Sender({ camera: this.camera, outputs: [LOCAL], stamp: false, clock: this.clock, ...options });
    this.sender.on("warning", (warning) => this.warnings.push(warning));
  }

  /** A stage whose sender has streamed for a second, so that its camera counts as steady. */
  static async streaming(options: Partial<SenderOptions> = {}): Promise<SenderStage> {
    const stage = new SenderStage(options);
    await stage.camera.started();
    stage.publish(makeUnits({ count: 1 }));
    await stage.sender.ready;
    for (let tick = 0; tick < 10; tick++) {
      stage.clock.advance(100);
      stage.publish(makeUnits({ count: 2 }).slice(1));
    }
    return stage;
  }

  publish(units: readonly AccessUnit[]): void {
    for (const unit of units) this.camera.publish(unit);
  }

  /** The real port of an output. */
  port(index = 0): number {
    return portOf(this.sender.outputs[index]?.url);
  }

  /** Resolves with what the next event of that name tells. */
  next(event: "state" | "warning" | "error"): Promise<unknown> {
    return new Promise((resolve) => this.sender.once(event, resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sender.close();
  }
}

/** The port of an output's URL. */
export function portOf(url = ""): number {
  return Number(/:(\d+)(?:\/|$)/.exec(url)?.[1]);
}

/** Resolves once the condition holds, which is asked at every turn of the loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
