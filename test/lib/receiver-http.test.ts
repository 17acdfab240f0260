import { describe, expect, it, onTestFinished } from "vitest";
import { Receiver } from "../../lib/receiver.js";
import { startHttpCamera } from "../support/http-camera.js";
import { smallJpeg } from "../support/small-jpeg.js";

const STREAM = { "Content-Type": "multipart/x-mixed-replace; boundary=frame" };

describe("Receiver of MJPEG over HTTP", () => {
  it.each([
    ["stops", "nothing came"],
    ["drips", "bytes but no pictures came"],
  ])("connects again where the camera %s in the middle of a picture", async (how, reason) => {
    const camera = await startHttpCamera((_request, response) => {
      const picture = smallJpeg(camera.requests.length);
      response.writeHead(200, STREAM).write(Buffer.concat([Buffer.from("--frame\r\n\r\n"), picture]));
      if (camera.requests.length > 1) return;
      response.write(`\r\n--frame\r\nContent-Length: 9000\r\n\r\n${picture.toString("latin1", 0, 9)}`, "latin1");
      if (how === "stops") return;
      const drip = setInterval(() => response.write("x"), 20);
      response.once("close", () => clearInterval(drip));
    });
    const receiver = new Receiver(camera.origin, { decode: false, stallTimeoutMs: 300 });
    onTestFinished(() => receiver.close());
    const warned = new Promise((resolve) => receiver.on("warning", resolve));
    const seen: Buffer[] = [];
    for await (const { data } of receiver.accessUnits()) if (seen.push(data) === 2) break;
    expect(seen).toEqual([smallJpeg(1), smallJpeg(2)]);
    expect(await warned).toMatchObject({ code: "stalled", message: expect.stringContaining(reason) });
    expect(receiver.stats().lost).toBe(0);
  });
});
