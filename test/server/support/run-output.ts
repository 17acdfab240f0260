import { type Clock, systemClock } from "../../../lib/clock.js";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { StreamError } from "../../../lib/errors.js";
import { silentLogger } from "../../../lib/logger.js";
import { Hub } from "../../../server/hub.js";
import { openOutput } from "../../../server/outputs/index.js";
import type { Output } from "../../../server/outputs/output.js";
import { StreamStatus } from "../../../server/stream-status.js";
import { portOf } from "./sender-stage.js";

interface RunOptions {
  clock: Clock;
  before: readonly AccessUnit[];
  ready(): void;
}

/** An output at work, without a sender around it. */
export class RunningOutput implements AsyncDisposable {
  readonly hub = new Hub((_client, error) => this.failures.push(error));
  readonly output: Output;
  readonly warnings: StreamError[] = [];
  readonly failures: unknown[] = [];
  /** What the output logged. */
  readonly logged: { details: object; message: string }[] = [];
  readonly status = new StreamStatus(() => "a camera");
  /** Settles as the run does. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  private constructor(url: string, { clock, before, ready }: RunOptions) {
    this.output = openOutput(url);
    for (const unit of before) this.hub.publish(unit);
    const logger = {
      ...silentLogger,
      info: (details: object, message: string) => void this.logged.push({ details, message }),
    };
    const warning = (error: StreamError): void => void this.warnings.push(error);
    const context = { clock, logger, gop: this.hub.gop, status: this.status, ready, warning };
    this.ended = this.output.run(context, this.#stop.signal);
    this.hub.add(this.output);
  }

  /**
   * Resolves once it is ready; rejects as its run does.
   * @param before what the camera gave until then
   */
  static async start(
    url: string,
    clock: Clock = systemClock,
    before: readonly AccessUnit[] = [],
  ): Promise<RunningOutput> {
    return new Promise((resolve, reject) => {
      const running: RunningOutput = new RunningOutput(url, { clock, before, ready: () => resolve(running) });
      running.ended.catch(reject);
    });
  }

  get port(): number {
    return portOf(this.output.url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}
