import { setMaxListeners } from "node:events";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";
import { Hub, type HubClient } from "../hub.js";
import { StreamMeter } from "../stream-meter.js";
import type { StreamStatus } from "../stream-status.js";
import type { LiveTransport } from "./live-protocol.js";

const SEQUENCE_MODULUS = 2 ** 32;

/** How a {@link WebCamera} is made. */
export interface WebCameraOptions {
  /** Of letters, digits, `_`, `.` and `-`; at most 64. */
  id: string;
  status: StreamStatus;
  /** How far the clock of its stamps is from this machine's; undefined: not known. */
  senderClock(): ClockEstimate | undefined;
  /** Told about a viewer that threw, once it is removed. */
  onViewerFailure(viewer: HubClient, error: unknown): void;
}

/** A camera as the web server shows it: its owner gives it units, viewers join its hub. */
export class WebCamera {
  readonly id: string;
  readonly status: StreamStatus;
  readonly hub: Hub;
  readonly meter = new StreamMeter();
  /** Who sees it now; each transport counts its own in and out. */
  readonly viewersBy: Record<LiveTransport, number> = { websocket: 0, whep: 0, mjpeg: 0 };
  /** Access units that viewers were not sent because they were slow, all together. */
  droppedUnits = 0;
  /** Bytes that viewers were sent, all together; each transport adds its own. */
  sentBytes = 0;
  readonly #senderClock: () => ClockEstimate | undefined;
  readonly #removed = new AbortController();
  #sequence = 0;
  readonly #onStatus = (): void => {
    if (this.status.state.name !== "lost") return;
    this.meter.pause();
    // Who joins now waits for a live picture.
    this.hub.gop.clear();
  };

  constructor(options: WebCameraOptions) {
    this.id = options.id;
    this.status = options.status;
    this.hub = new Hub(options.onViewerFailure);
    this.#senderClock = options.senderClock;
    this.status.on("change", this.#onStatus);
    // Every viewer listens; Node.js takes more than ten for a leak.
    setMaxListeners(0, this.#removed.signal);
  }

  /** Aborts when it is taken away; viewers are sent off then. */
  get removed(): AbortSignal {
    return this.#removed.signal;
  }

  /** Who sees it now, by any transport. */
  get viewers(): number {
    return Object.values(this.viewersBy).reduce((sum, viewers) => sum + viewers, 0);
  }

  /** Counts its access units, the newest included; 32 bits, wraps. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes the stream's next access unit. */
  unit(unit: AccessUnit): void {
    this.#sequence = (this.#sequence + 1) % SEQUENCE_MODULUS;
    this.meter.count(unit);
    this.hub.publish(unit);
  }

  /** How wrong `capturedAtMs` may be since the clocks differ, in milliseconds; undefined: not known. */
  get clockUncertaintyMs(): number | undefined {
    return this.#senderClock()?.uncertaintyMs;
  }

  /** When a unit's picture was taken, milliseconds since the epoch by this machine's clock; undefined: not known. */
  capturedAtMs(unit: AccessUnit): number | undefined {
    const offsetMs = this.#senderClock()?.offsetMs;
    const stampedMs = unit.stamp ? Number(unit.stamp.capturedAtUs) / 1_000 : unit.capturedAtMs;
    return offsetMs === undefined || stampedMs === undefined ? undefined : stampedMs - offsetMs;
  }

  /** Its owner has no more pictures. Idempotent. */
  remove(): void {
    this.status.off("change", this.#onStatus);
    this.#removed.abort();
  }
}
