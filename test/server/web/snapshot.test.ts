import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits } from "../support/make-units.js";
import { askRaw } from "./support/ask-raw.js";
import { MjpegStage } from "./support/mjpeg-stage.js";

const [first, second] = makeUnits({ count: 2, codec: "mjpeg" }).map((unit) => ({ ...unit, receivedAtMs: 900 }));
if (!first || !second) throw new Error("no units");

describe("/snapshot.jpg", () => {
  it("is the newest picture, with its time and a name for its file", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera("left");
    for (const unit of [first, second]) {
      camera.unit(unit);
      const answer = await stage.ask("/snapshot.jpg?camera=left");
      expect(await buffer(answer)).toEqual(unit.data);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-type": "image/jpeg",
        "content-length": "98",
        "content-disposition": 'inline; filename="left-1700000000.900000.jpg"',
        "x-timestamp": "1700000000.900000",
        "cache-control": expect.stringContaining("no-store"),
      });
    }
    const head = await stage.ask("/snapshot.jpg", { method: "HEAD" });
    expect([head.headers["content-length"], await buffer(head)]).toEqual(["98", Buffer.alloc(0)]);
  });

  it("waits for the first picture", async () => {
    const clock = new FakeClock();
    await using stage = await MjpegStage.set(clock);
    const camera = stage.camera();
    const idle = clock.waiting;
    const answer = stage.ask("/snapshot.jpg");
    await expect.poll(() => clock.waiting).toBe(idle + 1);
    clock.advance(4_999);
    camera.unit(first);
    expect(await buffer(await answer)).toEqual(first.data);
    // It is not watched any more when the grace is over.
    clock.advance(3_000);
    expect(clock.waiting).toBe(idle);
  });

  it("is refused when no picture comes within 5 s, and when the camera is taken away meanwhile", async () => {
    const clock = new FakeClock();
    await using stage = await MjpegStage.set(clock);
    const camera = stage.camera();
    const late = stage.told("/snapshot.jpg");
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(5_000);
    expect(await late).toEqual([503, "the camera gave no picture within 5 s\n"]);
    clock.advance(3_000);
    const gone = stage.told("/snapshot.jpg");
    await expect.poll(() => clock.waiting).toBe(1);
    camera.remove();
    expect(await gone).toEqual([503, "the camera is gone\n"]);
    expect(clock.waiting).toBe(0);
  });

  it("is not waited for by more than 2000", async () => {
    const clock = new FakeClock();
    await using stage = await MjpegStage.set(clock);
    stage.camera();
    const request = "GET /snapshot.jpg HTTP/1.1\r\nHost: localhost\r\n";
    const answers = askRaw(stage.port, `${`${request}\r\n`.repeat(2_000)}${request}Connection: close\r\n\r\n`);
    await expect.poll(() => clock.waiting).toBe(2_000);
    clock.advance(5_000);
    const told = [...(await answers).matchAll(/^(?:the camera gave|too many).*$/gm)].map(([line]) => line);
    expect(told).toHaveLength(2_001);
    expect(told.indexOf("too many wait for a picture")).toBe(2_000);
  });

  it("takes any time that a stamp tells", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera("left", () => 0);
    const stamp = { sequence: 1, capturedAtUs: 2n ** 64n - 1n, byteLength: 0, checksum: 0 };
    camera.unit({ ...first, stamp });
    expect((await stage.ask("/snapshot.jpg")).headers["x-timestamp"]).toMatch(/^18446744073709\.\d{6}$/);
  });
});
