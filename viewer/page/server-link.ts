import { io, type Socket } from "socket.io-client";
import { ClockOffset } from "../../lib/telemetry/clock-offset.js";
import type { TelemetryClientEvents, TelemetryServerEvents } from "../../lib/telemetry/telemetry-protocol.js";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import type { CameraInfo, CameraTime, PageEvents } from "../../server/web/live-protocol.js";
import { CaptureTimes } from "../play/capture-times.js";
import { isTelemetryFresh } from "./telemetry-freshness.js";

const CLOCK = { burst: 5, burstIntervalMs: 100, intervalMs: 1_000, timeoutMs: 2_000 } as const;
const RETRY = { reconnectionDelay: 250, reconnectionDelayMax: 2_000, timeout: 5_000 } as const;
const USUAL_RATE_HZ = 10;

/** Milliseconds since the epoch that are never set back; how far they are from the server's is estimated. */
export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

/** The page's connection to its server: what its cameras are, telemetry, and how the two clocks differ. It reconnects. */
export class ServerLink {
  /** Undefined before the server has told. */
  cameras: readonly CameraInfo[] | undefined;
  /** Tries since the connection was lost, or since the beginning. */
  retries = 0;
  readonly #socket: Socket<TelemetryServerEvents & PageEvents, TelemetryClientEvents>;
  readonly #onChange: () => void;
  readonly #clock = new ClockOffset();
  readonly #times = new Map<string, CaptureTimes>();
  /** Between the server's clock and that of the camera's stamps, in milliseconds; absent: not known. */
  readonly #uncertainties = new Map<string, number>();
  #snapshot: TelemetrySnapshot | undefined;
  #snapshotMs = 0;
  #rateHz = USUAL_RATE_HZ;
  #clockTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param onChange called whenever something has come, and when the connection comes and goes */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#socket = io({ transports: ["websocket", "polling"], ...RETRY });
    this.#socket.on("cameras", (cameras) => this.#takeCameras(cameras));
    this.#socket.on("times", (times) => {
      for (const time of times) this.#takeTime(time);
    });
    this.#socket.on("hello", ({ rateHz }) => {
      this.#rateHz = rateHz;
    });
    this.#socket.on("telemetry", (snapshot) => {
      this.#snapshot = snapshot;
      this.#snapshotMs = performance.now();
      this.#onChange();
    });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("connect_error", () => {
      this.retries++;
      this.#onChange();
    });
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    void this.#askCameras();
  }

  get isLinked(): boolean {
    return this.#socket.connected;
  }

  /** The newest; undefined where none has come for a while, or where it came too late. */
  get telemetry(): TelemetrySnapshot | undefined {
    const snapshot = this.#snapshot;
    if (!snapshot) return undefined;
    const age = { atMs: snapshot.atMs, wallMs: wallNow(), sinceItCameMs: performance.now() - this.#snapshotMs };
    return isTelemetryFresh({ ...age, rateHz: this.#rateHz, clock: this.clock }) ? snapshot : undefined;
  }

  /** How far the server's clock is from ours; undefined where that is not known. */
  get clock(): { offsetMs: number; uncertaintyMs: number } | undefined {
    return this.#clock.at(performance.now());
  }

  /** When a camera's picture with this RTP timestamp was taken, by the server's clock; null: not known. */
  capturedAtMs(camera: string, rtpTimestamp: number): number | null {
    return this.#times.get(camera)?.of(rtpTimestamp) ?? null;
  }

  /** How wrong what is told of a camera's capture times may be here, in milliseconds; null: not known. */
  captureUncertaintyMs(camera: string): number | null {
    const [here, there] = [this.clock?.uncertaintyMs, this.#uncertainties.get(camera)];
    return here === undefined || there === undefined ? null : here + there;
  }

  /** Whether the server knows when a camera's pictures are taken. */
  isCaptureTimeKnown(camera: string): boolean {
    return this.#times.get(camera)?.isKnown ?? false;
  }

  /** Leaves the server; `connect` comes back. Both are idempotent. */
  disconnect(): void {
    this.#socket.disconnect();
  }

  connect(): void {
    this.#socket.connect();
  }

  #connected(): void {
    this.retries = 0;
    clearTimeout(this.#clockTimer);
    this.#compareClocks(1);
    this.#onChange();
  }

  #disconnected(reason: string): void {
    clearTimeout(this.#clockTimer);
    // socket.io takes this for a wish of the server, which only says that it is being closed.
    if (reason === "io server disconnect") this.#socket.connect();
    this.#onChange();
  }

  #compareClocks(count: number): void {
    const sentAtMs = wallNow();
    this.#socket.timeout(CLOCK.timeoutMs).emit("clock", (error, times) => {
      const receivedAtMs = wallNow();
      if (error) return;
      const { receivedAtMs: serverReceivedAtMs, sentAtMs: serverSentAtMs } = times;
      const nowMs = performance.now();
      this.#clock.add({ sentAtMs, receivedAtMs, serverReceivedAtMs, serverSentAtMs, nowMs });
    });
    const delayMs = count < CLOCK.burst ? CLOCK.burstIntervalMs : CLOCK.intervalMs;
    this.#clockTimer = setTimeout(() => this.#compareClocks(count + 1), delayMs);
  }

  /** By HTTP as well, which is quicker than the first connection. */
  async #askCameras(): Promise<void> {
    const response = await fetch("/cameras").catch(() => undefined);
    if (!response?.ok) return;
    const cameras = (await response.json()) as CameraInfo[];
    if (!this.cameras) this.#takeCameras(cameras);
  }

  #takeTime(time: CameraTime): void {
    const times = this.#times.get(time.camera) ?? new CaptureTimes();
    this.#times.set(time.camera, times);
    times.add(time);
    if (time.uncertaintyMs === null) this.#uncertainties.delete(time.camera);
    else this.#uncertainties.set(time.camera, time.uncertaintyMs);
  }

  #takeCameras(cameras: readonly CameraInfo[]): void {
    for (const id of this.#times.keys()) if (!cameras.some((camera) => camera.id === id)) this.#times.delete(id);
    this.cameras = cameras;
    this.#onChange();
  }
}
