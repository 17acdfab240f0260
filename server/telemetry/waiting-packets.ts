import type { Socket } from "socket.io";

/** Of all kinds, an answer to each question included: who takes none of them asks in vain. */
const MOST = 1_000;

/** Counts what waits until a viewer's connection takes more, and ends one that asks and asks, but takes nothing. */
export class WaitingPackets {
  readonly #connection: Socket["conn"];
  #count = 0;
  #taken = 0;
  readonly #onCreate = (): void => {
    this.#count += 1;
    if (this.#count > MOST) this.#connection.close(true);
  };
  readonly #onFlush = (): void => {
    this.#count = 0;
    this.#taken += 1;
  };

  constructor(connection: Socket["conn"]) {
    this.#connection = connection;
    connection.on("packetCreate", this.#onCreate);
    connection.on("flush", this.#onFlush);
  }

  /** Packets that the connection has not taken yet. */
  get count(): number {
    return this.#count;
  }

  /** How often the connection took all that waited. */
  get taken(): number {
    return this.#taken;
  }

  /** Counts no more. */
  stop(): void {
    this.#connection.off("packetCreate", this.#onCreate);
    this.#connection.off("flush", this.#onFlush);
  }
}
