import type { Clock } from "../clock.js";
import type { StreamError } from "../errors.js";
import type { ClockEstimate } from "./clock-offset.js";
import { TelemetryClient } from "./telemetry-client.js";
import { TelemetryHistory } from "./telemetry-history.js";
import type { TelemetrySnapshot } from "./telemetry-snapshot.js";
import type { TelemetryState } from "./telemetry-state.js";

/** What of a TelemetryClient is needed here. */
type Client = Pick<TelemetryClient, "clockOffset" | "latest" | "on" | "off" | "close">;

/** What a Receiver knows of its sender by telemetry. Its failures are warnings: the picture goes on without it. */
export class FrameTelemetry {
  readonly #client: Client;
  readonly #isOwner: boolean;
  readonly #onWarning: (error: StreamError) => void;
  readonly #history = new TelemetryHistory();
  #isOut = false;

  /**
   * A URL makes a client of its own; one that is given stays its owner's to close. `onWarning` is told once an outage.
   * @throws StreamError `invalid-url`
   */
  constructor(telemetry: string | Client, clock: Clock, onWarning: (error: StreamError) => void) {
    this.#isOwner = typeof telemetry === "string";
    this.#client = typeof telemetry === "string" ? new TelemetryClient(telemetry, { clock }) : telemetry;
    this.#onWarning = onWarning;
    if (this.#client.latest) this.#history.add(this.#client.latest);
    this.#client.on("telemetry", this.#keep);
    this.#client.on("state", this.#watch);
  }

  /** How far the sender's clock is from ours; undefined where that is not known. */
  get clockOffset(): ClockEstimate | undefined {
    return this.#client.clockOffset;
  }

  /** What held at a time by the sender's clock; undefined where nothing is known of that second. */
  at(capturedAtMs: number): TelemetrySnapshot | undefined {
    return this.#history.nearest(capturedAtMs);
  }

  /** Listens no more; resolves when a connection of its own is gone. */
  async close(): Promise<void> {
    this.#client.off("telemetry", this.#keep);
    this.#client.off("state", this.#watch);
    if (this.#isOwner) await this.#client.close();
  }

  readonly #keep = (snapshot: TelemetrySnapshot): void => this.#history.add(snapshot);

  readonly #watch = (state: TelemetryState): void => {
    if (state.name === "reconnecting" && !this.#isOut) this.#onWarning(state.reason);
    this.#isOut = state.name === "reconnecting";
  };
}
