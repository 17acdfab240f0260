import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { LIVE_HEADER_BYTES, writeLiveHeader } from "./live-protocol.js";
import type { WebCamera } from "./web-camera.js";

const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * What stands before an access unit on the wire: the head of an unmasked WebSocket message, and the live header.
 * @see RFC 6455 section 5.2
 */
export function liveFrameHead(camera: WebCamera, unit: AccessUnit, sequence: number): Buffer {
  const header = writeLiveHeader({
    keyframe: unit.keyframe,
    sequence,
    capturedAtMs: camera.capturedAtMs(unit) ?? null,
    mediaTimeMs: unit.mediaTimeMs ?? unit.receivedAtMs,
  });
  return Buffer.concat([messageHead(LIVE_HEADER_BYTES + unit.data.length), header]);
}

/** The newest access unit as it goes over the wire, made once for all who are sent it. */
export class LiveFrames {
  readonly #camera: WebCamera;
  #unit: AccessUnit | undefined;
  #frame = Buffer.alloc(0);

  constructor(camera: WebCamera) {
    this.#camera = camera;
  }

  /** @param unit the newest of the camera */
  of(unit: AccessUnit): Buffer {
    if (this.#unit !== unit) {
      // One copy for all costs less than a second buffer in each client's write.
      this.#frame = Buffer.concat([liveFrameHead(this.#camera, unit, this.#camera.sequence), unit.data]);
      this.#unit = unit;
    }
    return this.#frame;
  }
}

function messageHead(length: number): Buffer {
  if (length < LENGTH_16) return Buffer.from([FINAL_BINARY, length]);
  const head = Buffer.alloc(length < 2 ** 16 ? 4 : 10);
  head.writeUInt8(FINAL_BINARY);
  head.writeUInt8(length < 2 ** 16 ? LENGTH_16 : LENGTH_64, 1);
  if (length < 2 ** 16) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
