import type { Payload } from "../../lib/chunked-udp/client-message.js";
import { frameDatagrams, MAX_FRAME_BYTES } from "../../lib/chunked-udp/server-message.js";
import { pickleArray } from "../../lib/pickle/write-pickled-array.js";

/** A frame as it goes out, shared by all clients that want it in this form. */
export interface FrameWire {
  datagrams: readonly Buffer[];
  /** Of all of them. */
  bytes: number;
}

/** One picture in each form that a client can wish for, made when the first one wants it. */
export class FrameWires {
  readonly #frameId: number;
  readonly #jpeg: Buffer;
  readonly #made = new Map<Payload, FrameWire | undefined>();

  /** @param frameId 32 bits */
  constructor(frameId: number, jpeg: Buffer) {
    this.#frameId = frameId;
    this.#jpeg = jpeg;
  }

  /** Undefined for a picture that is larger than the protocol knows. */
  as(payload: Payload): FrameWire | undefined {
    if (!this.#made.has(payload)) this.#made.set(payload, this.#make(payload));
    return this.#made.get(payload);
  }

  #make(payload: Payload): FrameWire | undefined {
    if (this.#jpeg.length > MAX_FRAME_BYTES) return undefined;
    const frame = payload === "pickle" ? pickleArray(this.#jpeg) : this.#jpeg;
    if (frame.length === 0 || frame.length > MAX_FRAME_BYTES) return undefined;
    const datagrams = frameDatagrams(this.#frameId, frame);
    return { datagrams, bytes: datagrams.reduce((sum, { length }) => sum + length, 0) };
  }
}
