import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { Hub, type HubClient } from "../hub.js";
import type { OutputContext } from "../outputs/output.js";
import type { StreamStatus } from "../stream-status.js";
import { type JpegCamera, JpegFeed } from "./jpeg-feed.js";

/** How an output has its JPEGs made. */
export interface JpegOutputOptions {
  /** The output's, by which people know what cannot be made. */
  url: string;
  /** Of pictures that are coded here, 1 to 100. */
  jpegQuality: number;
  /** As for `locateFfmpeg`. */
  ffmpegPath?: string;
}

/** The camera of one run of an output that sends JPEGs: takes its access units, gives them as JPEG by its feed. */
export class JpegOutputCamera implements JpegCamera, HubClient {
  readonly id: string;
  readonly hub: Hub;
  readonly status: StreamStatus;
  readonly feed: JpegFeed;
  droppedUnits = 0;

  constructor({ url, jpegQuality: quality, ffmpegPath }: JpegOutputOptions, context: OutputContext) {
    const { clock, logger, status, gop, warning } = context;
    this.id = url;
    this.status = status;
    this.hub = new Hub((_client, cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      warning(new StreamError("connection-lost", `${url}: making JPEGs was given up: ${reason}`, { cause }));
    });
    this.feed = new JpegFeed({ camera: this, clock, logger, quality, ...(ffmpegPath !== undefined && { ffmpegPath }) });
    for (const unit of gop.units()) this.hub.publish(unit);
  }

  /** Takes the stream's next access unit. */
  unit(unit: AccessUnit): void {
    this.hub.publish(unit);
  }

  /** Its stamps are of this machine's clock. */
  capturedAtMs({ capturedAtMs }: AccessUnit): number | undefined {
    return capturedAtMs;
  }

  /** Resolves when what makes its JPEGs is gone. Idempotent. */
  async close(): Promise<void> {
    await this.feed.close();
  }
}
