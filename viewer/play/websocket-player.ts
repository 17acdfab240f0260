import { LIVE_HEADER_BYTES, type LiveConfig, readLiveHeader } from "../../server/web/live-protocol.js";
import { FrameDecoder } from "./frame-decoder.js";
import type { Player, PlayerOptions } from "./player.js";

const SEQUENCE_MODULUS = 2 ** 32;

/**
 * H.264, H.265 or VP8 over a WebSocket, decoded by WebCodecs: the quickest way, and only for pages that are secure contexts.
 */
export class WebsocketPlayer implements Player {
  readonly transport = "websocket";
  readonly #options: PlayerOptions;
  readonly #socket: WebSocket;
  readonly #decoder: FrameDecoder;
  #lost = 0;
  #sequence: number | undefined;
  #isOver = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#decoder = new FrameDecoder({ onPicture: options.onPicture, onFailure: (reason) => this.#end(reason) });
    const address = new URL(`/live/${encodeURIComponent(options.camera.id)}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#take(data);
    this.#socket.onclose = ({ reason }) => this.#end(reason || "the WebSocket was closed");
  }

  get dropped(): number {
    return this.#lost + this.#decoder.dropped;
  }

  close(): void {
    this.#isOver = true;
    this.#socket.close();
    this.#decoder.close();
  }

  #take(data: string | ArrayBuffer): void {
    if (this.#isOver) return;
    if (typeof data === "string") {
      this.#decoder.configure(JSON.parse(data) as LiveConfig);
      return;
    }
    const header = readLiveHeader(data);
    if (!header) return this.#end("the server speaks another version; reload the page");
    // What the server left out, since this page was slow.
    if (this.#sequence !== undefined) {
      this.#lost += (header.sequence - this.#sequence - 1 + SEQUENCE_MODULUS) % SEQUENCE_MODULUS;
    }
    this.#sequence = header.sequence;
    this.#decoder.decode(header, new Uint8Array(data, LIVE_HEADER_BYTES));
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#options.onEnd(reason);
  }
}
