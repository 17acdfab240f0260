import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";
import { machineLines } from "../overlay/machine-lines.js";
import { Overlay } from "../overlay/overlay.js";
import { pictureLines, TRANSPORT_NAMES } from "../overlay/picture-lines.js";
import type { TextLine } from "../overlay/text-line.js";
import { vehicleLines } from "../overlay/vehicle-lines.js";
import { FrameRate } from "../play/frame-rate.js";
import { LatencyHistory } from "../play/latency-history.js";
import { OPEN_PLAYER } from "../play/open-player.js";
import { Playback } from "../play/playback.js";
import type { Picture } from "../play/player.js";
import { type Signal, signalOf } from "../play/signal.js";
import { usableTransports } from "../play/usable-transports.js";
import { CameraNotice } from "./camera-notice.js";
import { download, fileName } from "./download.js";
import { PictureCanvas } from "./picture-canvas.js";
import { Recording } from "./recording.js";
import { type ServerLink, wallNow } from "./server-link.js";

/** What lies over the pictures. */
export interface OverlayChoice {
  hasOverlays: boolean;
  hasGraph: boolean;
}

/** One camera on the page. */
export class CameraView {
  readonly element = document.createElement("section");
  /** Pictures that were drawn. */
  frames = 0;
  /** Of the newest picture, from the camera until it was drawn here; null: not known. */
  latencyMs: number | null = null;
  signal: Signal | { name: "stopped" } = { name: "connecting" };
  readonly #link: ServerLink;
  readonly #picture: PictureCanvas;
  readonly #overlay: Overlay;
  readonly #notice = new CameraNotice();
  /** What the overlay says, for those who cannot see it. */
  readonly #values = document.createElement("p");
  readonly #playback: Playback;
  readonly #history = new LatencyHistory();
  readonly #rate = new FrameRate();
  #info: CameraInfo;
  #forced: LiveTransport | undefined;
  #usable: { of: string; transports: readonly LiveTransport[] } = { of: "", transports: [] };
  #lastPictureMs: number | undefined;
  #recording: Recording | undefined;

  constructor(info: CameraInfo, link: ServerLink) {
    this.#info = info;
    this.#link = link;
    this.#picture = new PictureCanvas(info.id);
    const canvas = document.createElement("canvas");
    canvas.className = "overlay";
    canvas.setAttribute("aria-hidden", "true");
    this.#overlay = new Overlay(canvas);
    this.#values.className = "values visually-hidden";
    this.element.className = "view";
    this.element.dataset.camera = info.id;
    this.element.setAttribute("aria-label", `Camera ${info.id}`);
    this.element.append(this.#picture.element, canvas, this.#notice.element, this.#values);
    this.#playback = new Playback({
      open: OPEN_PLAYER,
      now: () => performance.now(),
      capturedAtMs: (rtpTimestamp) => link.capturedAtMs(info.id, rtpTimestamp),
      isCaptureTimeKnown: () => link.isCaptureTimeKnown(info.id),
      onPicture: (picture) => this.#picture.draw(picture, () => this.#drawn(picture)),
    });
  }

  get camera(): string {
    return this.#info.id;
  }

  get transport(): LiveTransport | undefined {
    return this.#playback.transport;
  }

  get dropped(): number {
    return this.#playback.dropped + this.#picture.skipped;
  }

  get canvas(): HTMLCanvasElement {
    return this.#picture.element;
  }

  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  /** Looks whether something is to be done; called several times a second, and whenever something changed. */
  look(info: CameraInfo): void {
    this.#info = info;
    if (this.signal.name === "stopped") return;
    const nowMs = performance.now();
    const { isLinked, retries: linkRetries } = this.#link;
    const transports = this.#transports();
    this.#playback.look({ nowMs, camera: info, isLinked, transports });
    const { failures } = this.#playback;
    const reason = this.#playback.reason ?? this.#unusable(transports);
    const facts = { nowMs, camera: info, isLinked, linkRetries, reason, failures };
    this.#tell(signalOf({ ...facts, lastPictureMs: this.#lastPictureMs }));
  }

  /** Begins (anew). @param forced the only transport that is used; undefined: the best */
  start(forced: LiveTransport | undefined): void {
    this.#forced = forced;
    this.element.hidden = false;
    this.#playback.restart();
    this.#tell({ name: "connecting" });
    this.look(this.#info);
  }

  /** Shows no more pictures, and ends a recording. Idempotent. */
  stop(): void {
    this.#playback.stop();
    this.#lastPictureMs = undefined;
    if (this.#recording) this.toggleRecording();
    this.#tell({ name: "stopped" });
  }

  drawOverlay({ hasOverlays, hasGraph }: OverlayChoice): void {
    const nowMs = performance.now();
    const { telemetry } = this.#link;
    const left = [...this.#pictureLines(nowMs), ...machineLines(telemetry?.health)];
    const right = vehicleLines(telemetry);
    const history = hasGraph ? this.#history : undefined;
    const content = { left, right, vehicle: telemetry?.vehicle ?? null, history, nowMs };
    this.#overlay.draw(
      hasOverlays ? content : hasGraph ? { ...content, left: [], right: [], vehicle: null } : undefined,
    );
    const words = [...left, ...right].map(inWords).join(", ");
    if (this.#values.textContent !== words) this.#values.textContent = words;
  }

  /** Has the browser save the picture as PNG, without what lies over it. */
  async saveSnapshot(): Promise<void> {
    if (this.frames === 0) return;
    const png = await this.#picture.snapshot();
    if (png) download(png, fileName(this.camera, "png"));
  }

  toggleRecording(): void {
    if (this.#recording) {
      this.#recording.stop();
      this.#recording = undefined;
    } else if (this.frames > 0) this.#recording = new Recording(this.camera, this.canvas);
  }

  #drawn({ capturedAtMs }: Picture): void {
    const nowMs = performance.now();
    this.frames++;
    this.#lastPictureMs = nowMs;
    this.#rate.add(nowMs);
    this.latencyMs = capturedAtMs === null ? null : this.#latencyOf(capturedAtMs);
    if (this.latencyMs !== null) this.#history.add({ atMs: nowMs, latencyMs: this.latencyMs });
    if (this.signal.name !== "good" && this.signal.name !== "stopped") this.look(this.#info);
  }

  /** Null where the clocks cannot be compared, or were not: no picture comes before it was taken. */
  #latencyOf(capturedAtMs: number): number | null {
    const { clock } = this.#link;
    const uncertaintyMs = this.#link.captureUncertaintyMs(this.camera);
    if (!clock || uncertaintyMs === null) return null;
    const latencyMs = wallNow() - (capturedAtMs - clock.offsetMs);
    return latencyMs < -uncertaintyMs ? null : latencyMs;
  }

  #tell(signal: Signal | { name: "stopped" }): void {
    this.signal = signal;
    this.element.dataset.signal = signal.name;
    this.#notice.show(signal);
  }

  #pictureLines(nowMs: number): TextLine[] {
    const { camera, dropped, transport } = this;
    const latencyMs = this.#history.recentMs(nowMs) ?? null;
    const uncertaintyMs = this.#link.captureUncertaintyMs(camera);
    return pictureLines({ camera, latencyMs, uncertaintyMs, fps: this.#rate.at(nowMs), dropped, transport });
  }

  #transports(): readonly LiveTransport[] {
    const { transports, codecString } = this.#info;
    const of = `${transports} ${codecString}`;
    if (this.#usable.of !== of && transports.length > 0) {
      this.#usable = { of, transports: [] };
      void usableTransports(this.#info).then((usable) => {
        if (this.#usable.of !== of) return;
        this.#usable = { of, transports: usable };
        this.look(this.#info);
      });
    }
    const forced = this.#forced;
    return this.#usable.transports.filter((transport) => forced === undefined || transport === forced);
  }

  /** Why there is no way to show it, where that is so. */
  #unusable(transports: readonly LiveTransport[]): string | undefined {
    if (this.#usable.transports.length === 0 || transports.length > 0 || this.#forced === undefined) return undefined;
    return `${TRANSPORT_NAMES[this.#forced]} cannot show this camera on this page`;
  }
}

function inWords({ label, value }: TextLine): string {
  return label === "" ? value : `${label} ${value}`;
}
