import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import { Sender } from "../../server/index.js";
import { makeStream } from "../support/make-stream.js";
import { TapeCamera } from "../support/tape-camera.js";
import { unitsOf } from "../support/units-of.js";

const FPS = 30;
const PICTURES = 20;
const IDR_OR_SLICE = new Set([1, 5]);

/** NAL units as the Android app RPi Camera Viewer finds them: at a 1 behind exactly three zeros, when it has come. */
class ViewerReader {
  #nal: number[] | undefined;
  #zeros = 0;

  push(bytes: Buffer): Buffer[] {
    const found: Buffer[] = [];
    for (const byte of bytes) {
      if (byte === 1 && this.#zeros === 3) {
        if (this.#nal) found.push(Buffer.from(this.#nal.slice(0, -this.#zeros)));
        this.#nal = [];
        this.#zeros = 0;
        continue;
      }
      this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
      this.#nal?.push(byte);
    }
    return found;
  }
}

describe("RPi Camera Viewer's way of reading tcp://", () => {
  let camera: TapeCamera;
  let sender: Sender;
  let port: number;

  beforeAll(async () => {
    const stream = await makeStream({ codec: "h264", width: 640, height: 480, fps: FPS, frames: 300, gop: FPS });
    camera = new TapeCamera(unitsOf(stream, "h264"), FPS);
    sender = new Sender({ camera, outputs: ["tcp://127.0.0.1:0"] });
    await sender.ready;
    port = Number(new URL(sender.outputs[0]?.url as string).port);
  });
  afterAll(() => sender.close());

  it("finds every NAL unit", async () => {
    const reader = new ViewerReader();
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    const found: Buffer[] = [];
    for await (const bytes of socket) {
      chunks.push(bytes);
      found.push(...reader.push(bytes));
      if (found.filter(isPicture).length >= PICTURES) break;
    }
    expect(found).toEqual(splitNalUnits(Buffer.concat(chunks)).slice(0, found.length));
  });

  it("starts with the parameter sets and a keyframe", async () => {
    const reader = new ViewerReader();
    const types: number[] = [];
    for await (const bytes of connect(port, "127.0.0.1")) {
      types.push(...reader.push(bytes).map(nalType));
      if (types.some((type) => IDR_OR_SLICE.has(type))) break;
    }
    expect(types.filter((type) => type === 7 || type === 8 || IDR_OR_SLICE.has(type)).slice(0, 3)).toEqual([7, 8, 5]);
  });

  it("has each picture before the next one is taken", async () => {
    const reader = new ViewerReader();
    const ages: number[] = [];
    for await (const bytes of connect(port, "127.0.0.1")) {
      const now = performance.now();
      const pictures = reader.push(bytes).filter(isPicture).length;
      // What came at once when joining is as old as its place in the group of pictures.
      if (pictures === 1) ages.push(now - Math.max(...camera.playedAtMs.filter(Number.isFinite)));
      if (ages.length >= PICTURES) break;
    }
    expect(ages.toSorted((a, b) => a - b)[PICTURES / 2]).toBeLessThan(15);
  });

  it("goes on after a scan, which connects and hangs up", async () => {
    const scan = connect(port, "127.0.0.1");
    await once(scan, "connect");
    scan.destroy();
    const socket = connect(port, "127.0.0.1");
    const [bytes] = await once(socket, "data");
    socket.destroy();
    expect(bytes.length).toBeGreaterThan(0);
  });
});

function nalType(nal: Buffer): number {
  return (nal[0] as number) & 0x1f;
}

function isPicture(nal: Buffer): boolean {
  return IDR_OR_SLICE.has(nalType(nal));
}
