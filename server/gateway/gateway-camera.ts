import type { Clock } from "../../lib/clock.js";
import { StreamError } from "../../lib/errors.js";
import type { Logger } from "../../lib/logger.js";
import type { ReceiverOptions } from "../../lib/options.js";
import { Receiver } from "../../lib/receiver.js";
import type { ReceiverStats } from "../../lib/receiver-stats.js";
import type { HubClient } from "../hub.js";
import { OutputRunner } from "../output-runner.js";
import type { Output } from "../outputs/output.js";
import { type ShownReceiver, showReceiver } from "../web/shown-receiver.js";
import type { WebCamera } from "../web/web-camera.js";
import type { GatewayCameraStats } from "./gateway-stats.js";
import type { PublishedCamera } from "./published-camera.js";

/** What a {@link GatewayCamera} works with. */
export interface GatewayCameraOptions {
  id: string;
  number: number;
  /** A URL to receive from, or a camera that pushes. */
  from: string | PublishedCamera;
  receiver: ReceiverOptions;
  outputs: readonly Output[];
  /** Until then its outputs wait: the one before it with this id has their ports. */
  former: Promise<void> | undefined;
  clock: Clock;
  logger: Logger;
  onWarning(warning: StreamError): void;
}

/** One camera of a gateway: its receiver, and everybody who is given what that receives. */
export class GatewayCamera {
  readonly receiver: Receiver;
  readonly #options: GatewayCameraOptions;
  readonly #shown: ShownReceiver;
  readonly #runners: readonly OutputRunner[];
  readonly #end = new AbortController();
  readonly #done: Promise<void>;

  /** @throws StreamError `invalid-url`, `invalid-option`, `unsupported` */
  constructor(options: GatewayCameraOptions) {
    this.#options = options;
    const { id, from, outputs, clock, logger } = options;
    const receiver = new Receiver(from, { ...options.receiver, clock, logger });
    this.receiver = receiver;
    this.#shown = showReceiver(receiver, {
      id,
      senderClock: () => receiver.senderClock,
      onClientFailure: (client, error) => this.#clientFailed(client, error),
    });
    this.#runners = outputs.map((output) => this.#runnerOf(output));
    this.#done = this.#run();
  }

  /** As the web server shows it. */
  get shown(): WebCamera {
    return this.#shown.camera;
  }

  stats(): GatewayCameraStats {
    const { number, from } = this.#options;
    return {
      ...{ number, pushes: typeof from !== "string", viewers: this.shown.viewers, receiver: this.#received() },
      outputs: this.#runners.map(({ output, restarts }) => ({ ...output.stats(), restarts })),
    };
  }

  /** Resolves when its sockets and children are gone. Idempotent. */
  close(reason: string): Promise<void> {
    const { from } = this.#options;
    this.#end.abort();
    if (typeof from !== "string") from.close(reason);
    this.shown.remove();
    void this.receiver.close();
    return this.#done;
  }

  /** Figures of the receiver; what only a decoder tells it is known here without. */
  #received(): ReceiverStats {
    const { parameters, fps } = this.shown.meter;
    const { codec = null, width = null, height = null } = parameters ?? {};
    return { ...this.receiver.stats(), codec, width, height, fps: Math.round(fps * 10) / 10 };
  }

  async #run(): Promise<void> {
    const relayed = this.#shown.ended.catch((error: StreamError) => this.#warn(error));
    await this.#options.former;
    const { signal } = this.#end;
    const runs = this.#runners.map((runner) => runner.run(signal).catch((error: StreamError) => this.#warn(error)));
    await Promise.all([relayed, ...runs]);
    // A camera that ended for good stays on the page, which tells why.
    await this.receiver.close();
  }

  #runnerOf(output: Output): OutputRunner {
    const { clock, logger } = this.#options;
    const warning = (error: StreamError): void => this.#warn(error);
    return new OutputRunner({
      ...{ output, hub: this.shown.hub, context: { clock, logger, status: this.shown.status, warning } },
      onOpened: () => {},
    });
  }

  #clientFailed(client: HubClient, cause: unknown): void {
    const runner = this.#runners.find(({ output }) => output === client);
    const name = runner ? runner.output.url : "a viewer was given up";
    const code = cause instanceof StreamError ? cause.code : "connection-lost";
    const error = new StreamError(code, `${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    if (runner) runner.fail(error);
    else this.#warn(error);
  }

  #warn(warning: StreamError): void {
    const { id, logger, onWarning } = this.#options;
    logger.warn({ camera: id, code: warning.code }, `${id}: ${warning.message}`);
    onWarning(warning);
  }
}
