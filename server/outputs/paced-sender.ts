import type { Clock, Timer } from "../../lib/clock.js";
import { Backlog } from "./backlog.js";

/** A receive buffer of usual size (208 KiB, of which the kernel's own records take a third) holds this twice. */
const BURST_BYTES = 64 * 1024;
const STEP_BYTES = 32 * 1024;
const STEP_MS = 1;
/** The rest of the largest picture is spread over this many steps. */
const MAX_STEPS = 8;
const MAX_BACKLOG_MS = 250;
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/** What it needs of a socket of node:dgram. */
export interface DatagramSocket {
  send(datagram: Buffer): void;
  /** Bytes that the socket still holds because the system takes no more. */
  queuedBytes(): number;
}

/**
 * Sends pictures as datagrams, without delay but for big ones: what exceeds 64 KiB follows in steps of 1 ms, since a
 * receiver of usual buffer size loses datagrams from a longer burst even when it is idle (measured on loopback:
 * 14 % of those of 200 kB pictures sent in one go, none this way).
 */
export class PacedSender {
  readonly #socket: DatagramSocket;
  readonly #clock: Clock;
  readonly #backlog = new Backlog();
  #waiting: Buffer[] = [];
  #stepBytes = STEP_BYTES;
  #gently = false;
  #timer: Timer | undefined;

  constructor(socket: DatagramSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Whether the system has not taken for 250 ms what it was given: send nothing before the next keyframe. */
  get late(): boolean {
    const queued = this.#socket.queuedBytes();
    this.#backlog.arrived(this.#backlog.written - queued);
    return queued > MAX_QUEUED_BYTES || this.#backlog.ageMs(this.#clock.now()) > MAX_BACKLOG_MS;
  }

  /** Sends one picture; what is left of the one before goes first, at once. */
  send(datagrams: readonly Buffer[]): void {
    if (this.#gently && this.#waiting.length > 0) return void this.#waiting.push(...datagrams);
    this.#gently = false;
    this.#sendUpTo(Number.POSITIVE_INFINITY);
    this.#waiting = [...datagrams];
    this.#sendUpTo(BURST_BYTES);
    const rest = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    this.#stepBytes = Math.max(STEP_BYTES, Math.ceil(rest / MAX_STEPS));
    this.#schedule();
  }

  /**
   * Sends a group of pictures, in steps of 32 KiB however many they are. Pictures that come before it is through follow
   * behind it, and soon catch up: the steps make 32 MB a second.
   */
  sendGently(datagrams: readonly Buffer[]): void {
    this.#gently = true;
    for (const datagram of datagrams) this.#waiting.push(datagram);
    this.#stepBytes = STEP_BYTES;
    this.#sendUpTo(BURST_BYTES);
    this.#schedule();
  }

  /** Forgets what is not sent yet. */
  stop(): void {
    this.#timer?.cancel();
    this.#waiting = [];
  }

  #schedule(): void {
    this.#timer?.cancel();
    if (this.#waiting.length === 0) return;
    this.#timer = this.#clock.after(STEP_MS, () => {
      this.#sendUpTo(this.#stepBytes);
      this.#schedule();
    });
  }

  #sendUpTo(limit: number): void {
    let bytes = 0;
    let count = 0;
    for (const datagram of this.#waiting) {
      if (bytes >= limit) break;
      this.#socket.send(datagram);
      bytes += datagram.length;
      count += 1;
    }
    this.#waiting.splice(0, count);
    if (count > 0) this.#backlog.wrote(bytes, this.#clock.now());
  }
}
