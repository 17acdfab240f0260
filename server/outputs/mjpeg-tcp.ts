import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { JpegOutputCamera } from "../jpeg/jpeg-output-camera.js";
import { MjpegTcpClient } from "./mjpeg-tcp-client.js";
import { type MjpegTcpFormat, MjpegTcpWire } from "./mjpeg-tcp-wire.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import type { TcpCounters } from "./tcp-client.js";
import { TcpListener, type TcpListenerOptions } from "./tcp-listener.js";

/** How an output of MJPEG over TCP is set up. */
export interface MjpegTcpOutputOptions extends Omit<TcpListenerOptions, "scheme">, MjpegTcpFormat {
  /** Of pictures that are coded here, 1 to 100. */
  jpegQuality: number;
  /** How old the oldest byte on the way to a client may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
}

/** The camera's pictures as JPEG for any number of TCP clients: each a length and a pickle, or the JPEG itself. */
export class MjpegTcpOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: MjpegTcpOutputOptions;
  readonly #listener: TcpListener;
  readonly #counters: TcpCounters = { sentBytes: 0, droppedUnits: 0 };
  #camera: JpegOutputCamera | undefined;

  constructor(options: MjpegTcpOutputOptions) {
    this.#options = options;
    this.#listener = new TcpListener({ ...options, scheme: "mjpeg-tcp" });
  }

  get url(): string {
    return this.#listener.url;
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const { jpegQuality, maxBacklogMs } = this.#options;
    const camera = new JpegOutputCamera({ url: this.url, jpegQuality }, context);
    const wire = new MjpegTcpWire(this.#options);
    const common = { clock: context.clock, maxBacklogMs, counters: this.#counters, wire };
    this.#camera = camera;
    try {
      await this.#listener.run(context, signal, (visitor) => {
        const client = new MjpegTcpClient({ ...visitor, ...common });
        visitor.socket.on("close", () => camera.feed.leave(client));
        camera.feed.join(client);
      });
    } finally {
      this.#camera = undefined;
      this.#counters.droppedUnits += camera.droppedUnits;
      await camera.close();
    }
  }

  unit(unit: AccessUnit): void {
    this.#camera?.unit(unit);
  }

  stats(): OutputStats {
    const { sentBytes, droppedUnits } = this.#counters;
    const notMade = this.#camera?.droppedUnits ?? 0;
    return { url: this.url, clients: this.#listener.clients, sentBytes, droppedUnits: droppedUnits + notMade };
  }
}
