import { describe, expect, it } from "vitest";
import type { Receiver } from "../../../lib/receiver.js";
import { readFrameCounter } from "../../../server/cameras/frame-counter.js";
import { Gateway } from "../../../server/gateway.js";
import { Sender } from "../../../server/sender.js";
import { freePort } from "../../support/free-port.js";
import { makeStream } from "../../support/make-stream.js";
import { TapeCamera } from "../../support/tape-camera.js";
import { unitsOf } from "../support/units-of.js";

const PICTURE = { codec: "h264", width: 160, height: 120, fps: 30, frames: 60, gop: 10 } as const;
const HOST = "127.0.0.1";

async function camera(): Promise<TapeCamera> {
  return new TapeCamera(unitsOf(await makeStream(PICTURE)), PICTURE.fps);
}

async function listen(port = 0, token = "secret"): Promise<Gateway> {
  const gateway = new Gateway({ host: HOST, port, token, rtspPort: null });
  await gateway.ready;
  return gateway;
}

/** Numbers of the first frames of the first camera that comes. */
async function numbers(gateway: Gateway, count: number): Promise<{ id: string; found: number[] }> {
  const { id, receiver } = await new Promise<{ id: string; receiver: Receiver }>((resolve) => {
    gateway.once("camera", resolve);
  });
  const found: number[] = [];
  for await (const frame of receiver) {
    found.push(readFrameCounter(frame.data, frame.width, frame.height) ?? -1);
    if (found.length === count) break;
  }
  return { id, found };
}

const OUTPUTS = {
  "socket.io": (port: number, token: string) => `webrtc+http://${HOST}:${port}?camera=left&token=${token}`,
  WHIP: (port: number, token: string) => `whip+http://${HOST}:${port}/whip/left?token=${token}`,
} as const;

describe.each(Object.entries(OUTPUTS))("a sender and a gateway, by %s", (_way, outputTo) => {
  it("frames come, and come again when the gateway is back", async () => {
    const first = await listen();
    const port = Number(new URL(first.url).port);
    const output = outputTo(port, "secret");
    const before = numbers(first, 20);
    await using sender = new Sender({ camera: await camera(), outputs: [output] });
    const { id, found } = await before;
    expect(id).toBe("left");
    // A machine that has much else to do lets some go by; each that comes is whole.
    expect(found.every((number) => number >= 0 && number < PICTURE.frames)).toBe(true);
    expect(found.every((number, index) => number !== found[index - 1])).toBe(true);
    expect(sender.outputs[0]?.stats().clients).toBe(1);
    await first.close();
    await using second = await listen(port);
    const after = await numbers(second, 2);
    expect(after.id).toBe("left");
    expect(sender.stats().outputs[0]?.restarts).not.toEqual({});
  });

  it("a wrong token ends the sender, and is not told", async () => {
    await using gateway = await listen();
    const { port } = new URL(gateway.url);
    const sender = new Sender({ camera: await camera(), outputs: [outputTo(Number(port), "wrong-one")] });
    const error = await sender.ready.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "unauthorized", message: expect.stringContaining("the token is wrong") });
    expect(error).not.toMatchObject({ message: expect.stringContaining("wrong-one") });
    await sender.close();
  });

  it("a gateway that is there later gets its picture", async () => {
    const port = await freePort();
    await using sender = new Sender({ camera: await camera(), outputs: [outputTo(port, "secret")] });
    await sender.ready;
    expect(sender.outputs[0]?.stats().clients).toBe(0);
    await using gateway = await listen(port);
    expect(await numbers(gateway, 1)).toMatchObject({ id: "left" });
  });
});
