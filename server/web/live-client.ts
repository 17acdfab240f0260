import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Clock, Timer } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { HubClient } from "../hub.js";
import { BoundedWriter } from "../outputs/bounded-writer.js";
import { transportsOf } from "./camera-info.js";
import { type LiveFrames, liveFrameHead } from "./live-frame.js";
import type { LiveConfig } from "./live-protocol.js";
import type { WebCamera } from "./web-camera.js";

const SEQUENCE_MODULUS = 2 ** 32;
/** For the other side to take the reason why it is sent off. */
const FAREWELL_MS = 500;

/** Status codes that a WebSocket ends with. @see RFC 6455 section 7.4.1 */
export const CLOSE = { goingAway: 1001, unsupported: 1003, policy: 1008 } as const;

/** One viewer's WebSocket and what it is sent. */
export interface LiveClientOptions {
  webSocket: WebSocket;
  /** Underneath it. */
  socket: Socket;
  camera: WebCamera;
  /** Shared by all viewers of the camera. */
  frames: LiveFrames;
  clock: Clock;
  maxBacklogMs: number;
  /** It took nothing for 10 s, or did not answer, and is ended now. */
  onSilent(): void;
}

/**
 * One viewer of a camera: it is told what the stream is, given the current group of pictures at once, then each picture
 * as it comes. It never waits: a viewer whose oldest byte on the way is older than the bound is given nothing more
 * before the next keyframe.
 */
export class LiveClient implements HubClient {
  readonly #options: LiveClientOptions;
  readonly #writer: BoundedWriter;
  #mode: "joining" | "flowing" | "skipping" = "joining";
  #config: LiveConfig | undefined;
  #answers = true;
  #farewell: Timer | undefined;

  constructor(options: LiveClientOptions) {
    this.#options = options;
    this.#writer = new BoundedWriter(options);
    const { webSocket, socket } = options;
    webSocket.on("pong", () => {
      this.#answers = true;
    });
    webSocket.on("message", () => this.dismiss(CLOSE.policy, "a viewer has nothing to say here"));
    // What is wrong with a message closes the connection by itself.
    webSocket.on("error", () => {});
    socket.on("close", () => this.#farewell?.cancel());
  }

  /** Gives it the current group of pictures, in one write. */
  join(): void {
    const { camera } = this.#options;
    const units = camera.hub.gop.units();
    if (units.length === 0 || !this.#tellConfig()) return;
    this.#mode = "flowing";
    const first = camera.sequence - units.length + 1;
    this.#write(
      units.flatMap((unit, index) => {
        const sequence = (first + index + SEQUENCE_MODULUS) % SEQUENCE_MODULUS;
        return [liveFrameHead(camera, unit, sequence), unit.data];
      }),
    );
  }

  unit(unit: AccessUnit): void {
    if (!this.#options.socket.writable || this.#farewell) return;
    const { full } = this.#writer;
    if (this.#mode === "flowing" && !unit.keyframe && !full) {
      this.#write([this.#options.frames.of(unit)]);
    } else if (unit.keyframe && !full) {
      if (!this.#tellConfig()) return;
      this.#mode = "flowing";
      this.#write([this.#options.frames.of(unit)]);
    } else if (this.#mode !== "joining") {
      this.#mode = "skipping";
      this.#options.camera.droppedUnits += 1;
    }
  }

  /** Asks for a sign of life; ends one that gave none since it was asked last. */
  ping(): void {
    const { webSocket, onSilent } = this.#options;
    if (this.#answers) {
      this.#answers = false;
      webSocket.ping();
    } else {
      onSilent();
      webSocket.terminate();
    }
  }

  /** Ends it and says why. Idempotent. */
  dismiss(code: number, reason: string): void {
    if (this.#farewell) return;
    const { webSocket, socket, clock } = this.#options;
    webSocket.close(code, reason);
    socket.destroySoon();
    this.#farewell = clock.after(FAREWELL_MS, () => socket.destroy());
  }

  /** Sends what a decoder must know, where it is not what was sent last; gives whether a decoder can be told at all. */
  #tellConfig(): boolean {
    const { parameters } = this.#options.camera.meter;
    if (!parameters) return false;
    if (!transportsOf(parameters.codec).includes("websocket")) {
      this.dismiss(CLOSE.unsupported, `${parameters.codec} is not sent over a WebSocket; /stream.mjpg shows it`);
      return false;
    }
    const { codecString, width, height } = parameters;
    if (codecString === undefined) return false;
    const last = this.#config;
    if (last && last.codec === codecString && last.width === width && last.height === height) return true;
    this.#config = { type: "config", codec: codecString, width, height };
    this.#options.webSocket.send(JSON.stringify(this.#config));
    return true;
  }

  #write(buffers: readonly Buffer[]): void {
    this.#options.camera.sentBytes += this.#writer.write(buffers);
  }
}
