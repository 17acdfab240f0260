import { once } from "node:events";
import type { SerialPort } from "serialport";
import { StreamError, type StreamErrorCode } from "../../lib/errors.js";
import type { LinkSink, TelemetryLink } from "./telemetry-link.js";
import type { TelemetryUrl } from "./telemetry-url.js";

/** What waits for a port that takes nothing, as with flow control and nobody there; a second's worth at 57600 baud. */
const MAX_QUEUED_BYTES = 4 * 1024;
/** What the system's errors mean; they come as text. */
const PROBLEMS: readonly [RegExp, string][] = [
  [/permission denied|access denied/i, "no permission; add the user to the group dialout, and log in anew"],
  [/no such file|file not found/i, "there is no such port; is it plugged in, and its name right?"],
  [/bad file descriptor|disconnected|no such device|i\/o error/i, "it went away; was it unplugged?"],
  [
    /cannot lock|temporarily unavailable|busy/i,
    "another program has it: a login console, ModemManager, mavlink-router?",
  ],
];

/** MAVLink over a serial port. */
export class MavlinkSerial implements TelemetryLink {
  readonly #url: TelemetryUrl & { kind: "serial" };

  constructor(url: TelemetryUrl & { kind: "serial" }) {
    this.#url = url;
  }

  async run(sink: LinkSink, signal: AbortSignal): Promise<void> {
    const port = await this.#open();
    try {
      if (signal.aborted) return;
      const peer = { send: (packet: Buffer) => port.writableLength < MAX_QUEUED_BYTES && port.write(packet) };
      const failure = this.#failure(port, signal);
      port.on("data", (bytes: Buffer) => sink.stream(bytes, peer));
      sink.opened(peer);
      await failure;
    } finally {
      await close(port);
    }
  }

  async #open(): Promise<SerialPort> {
    // Native code that takes a while to load, and that only who has a serial port needs.
    const { SerialPort } = await import("serialport");
    const port = new SerialPort({ ...this.#url, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((cause) => (cause ? reject(this.#error("connect-failed", cause)) : resolve()));
    });
    return port;
  }

  /** Resolves when the signal aborts. */
  #failure(port: SerialPort, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => reject(this.#error("connection-lost", cause));
      signal.addEventListener("abort", () => resolve(), { once: true });
      port.on("error", fail);
      port.on("close", (cause: Error | null) => fail(cause ?? new Error("it was closed")));
    });
  }

  #error(code: StreamErrorCode, cause: Error): StreamError {
    const known = PROBLEMS.find(([pattern]) => pattern.test(cause.message))?.[1];
    return new StreamError(code, `serial port ${this.#url.path}: ${known ?? cause.message}`, { cause });
  }
}

async function close(port: SerialPort): Promise<void> {
  if (!port.isOpen) return;
  const closed = once(port, "close");
  port.close();
  await closed;
}
