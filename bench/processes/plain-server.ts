import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";

const MOST_QUEUED_BYTES = 4 * 1024 * 1024;

/** Sends as `rpicam-vid --listen -o tcp://…` does: one write a picture, no delimiter behind it, no frame stamp. */
export class PlainServer {
  /** Clients, and whether they have been given a keyframe. */
  readonly #clients = new Map<Socket, boolean>();
  readonly #server = createServer({ noDelay: true }, (socket) => {
    this.#clients.set(socket, false);
    socket.on("error", () => {});
    socket.on("close", () => this.#clients.delete(socket));
    socket.resume();
  });

  /** Resolves to its address once it accepts. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends a picture to everybody who has been given the keyframe that it needs. */
  unit(unit: AccessUnit): void {
    for (const [socket, joined] of this.#clients) {
      if (!joined && !unit.keyframe) continue;
      this.#clients.set(socket, socket.writableLength < MOST_QUEUED_BYTES);
      socket.write(unit.data);
    }
  }
}
