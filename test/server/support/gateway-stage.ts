import { type Clock, systemClock } from "../../../lib/clock.js";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { StreamError } from "../../../lib/errors.js";
import type { SessionSink } from "../../../server/gateway/camera-slots.js";
import { Gateway, type GatewayOptions } from "../../../server/index.js";
import { RecordingLogger } from "../../support/recording-logger.js";

/** A session of a camera that pushes, worked by hand. */
export interface StageSession {
  sink: SessionSink;
  /** Why it was closed. */
  closed: string | undefined;
  /** The camera gives pictures. */
  give(units: readonly AccessUnit[]): void;
  /** It goes. */
  leave(): void;
}

/** A gateway on a free port of the loopback address, without RTSP and decoders unless the options say otherwise. */
export class GatewayStage implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly logger = new RecordingLogger();
  readonly warnings: StreamError[] = [];
  /** Ids as they came and went: `+left`, `-left`. */
  readonly comings: string[] = [];
  readonly #clock: Clock;

  private constructor(options: GatewayOptions) {
    this.#clock = options.clock ?? systemClock;
    const { logger } = this;
    // The test says when a camera is silent, not a busy machine.
    const receiver = { decode: false, stallTimeoutMs: 600_000, ...options.receiver };
    const quiet = { host: "127.0.0.1", port: 0, rtspPort: null, logger };
    this.gateway = new Gateway({ ...quiet, ...options, receiver });
    this.gateway.on("warning", (warning) => this.warnings.push(warning));
    this.gateway.on("camera", ({ id }) => this.comings.push(`+${id}`));
    this.gateway.on("gone", ({ id }) => this.comings.push(`-${id}`));
  }

  /** Resolves once it listens. */
  static async set(options: GatewayOptions = {}): Promise<GatewayStage> {
    const stage = new GatewayStage(options);
    await stage.gateway.ready;
    return stage;
  }

  /** A camera's session begins, and is connected. */
  push(id: string): StageSession {
    const session: StageSession = {
      closed: undefined,
      sink: this.gateway.slot(id).begin({
        requestKeyframe: () => {},
        close: (reason) => {
          session.closed = reason;
          session.leave();
        },
      }),
      give: (units) => {
        for (const unit of units) {
          session.sink.bytes(unit.data.length);
          session.sink.unit({ ...unit, receivedAtMs: this.#clock.now() });
        }
      },
      leave: () => session.sink.ended(new StreamError("connection-lost", "the camera has gone")),
    };
    session.sink.connected({ sameClock: true, description: `WebRTC of ${id}` });
    return session;
  }

  async json(path: string): Promise<unknown> {
    return (await fetch(new URL(path, this.gateway.url))).json();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.gateway.close();
  }
}
