import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits } from "../support/make-units.js";
import { askRaw } from "./support/ask-raw.js";
import { MjpegStage } from "./support/mjpeg-stage.js";

const [first, second, third] = makeUnits({ count: 3, codec: "mjpeg" }).map((unit) => ({ ...unit, receivedAtMs: 900 }));
if (!first || !second || !third) throw new Error("no units");
const CHROMIUM = {
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  Accept: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
};

describe("/stream.mjpg of a camera that makes JPEGs", () => {
  it("gives each as it is, with its length and time, and the boundary right behind it", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    camera.unit(first);
    const answer = await stage.ask("/stream.mjpg");
    const part = (data: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from("Content-Type: image/jpeg\r\nContent-Length: 98\r\nX-Timestamp: 1700000000.900000\r\n\r\n"),
        data,
        Buffer.from("\r\n--glasslink-picture\r\n"),
      ]);
    const wire = Buffer.concat([Buffer.from("--glasslink-picture\r\n"), part(first.data), part(second.data)]);
    camera.unit(second);
    let bytes = Buffer.alloc(0);
    for await (const chunk of answer) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= wire.length) break;
    }
    expect(`${bytes.toString("latin1")}`).toBe(wire.toString("latin1"));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "multipart/x-mixed-replace; boundary=glasslink-picture",
      "cache-control": expect.stringContaining("no-store"),
      pragma: "no-cache",
      connection: "close",
    });
    expect(answer.headers["transfer-encoding"] ?? answer.headers["content-length"]).toBe(undefined);
    expect(camera.sentBytes).toBe(wire.length);
  });

  it("tells when a picture was taken by this machine's clock, where that is known", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera("left", () => 500);
    camera.unit({ ...first, capturedAtMs: 1_700_000_000_500.25 });
    camera.unit({
      ...second,
      stamp: { sequence: 1, capturedAtUs: 1_700_000_123_956_789n, byteLength: 0, checksum: 0 },
    });
    using reader = await stage.watch();
    camera.unit({ ...third, capturedAtMs: 1_700_000_000_500.25 });
    const parts = await reader.arrived(2);
    expect(parts.map(({ headers }) => headers["X-Timestamp"])).toEqual(["1700000123.456789", "1700000000.000250"]);
  });

  it("shows browsers each picture at once: the next part's head goes with it", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    const answer = await stage.ask("/stream.mjpg", { headers: CHROMIUM });
    camera.unit(first);
    const head = "--glasslink-picture\r\nContent-Type: image/jpeg\r\n\r\n";
    const wire = `${head}${first.data.toString("latin1")}\r\n${head}`;
    let text = "";
    for await (const chunk of answer) {
      text += (chunk as Buffer).toString("latin1");
      if (text.length >= wire.length) break;
    }
    expect(text).toBe(wire);
  });

  it.each([
    { "User-Agent": CHROMIUM["User-Agent"], Accept: "*/*" },
    { "User-Agent": "Java/17", Accept: "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2" },
    { "User-Agent": "Lavf/59.27.100", Accept: "*/*" },
  ])("tells lengths to programs, and to scripts that read the bytes: %o", async (headers) => {
    await using stage = await MjpegStage.set();
    stage.camera().unit(first);
    using reader = await stage.watch("", headers);
    expect((await reader.arrived(1)).map(({ data }) => data)).toEqual([first.data]);
  });

  it("waits for a picture as long as it takes, and does not show an old one of a camera that is lost", async () => {
    const clock = new FakeClock();
    await using stage = await MjpegStage.set(clock);
    const camera = stage.camera();
    camera.status.live();
    using early = await stage.watch();
    camera.unit(first);
    await early.arrived(1);
    camera.status.lost("unplugged");
    using late = await stage.watch();
    clock.advance(3_600_000);
    camera.unit(second);
    expect((await late.arrived(1)).map(({ data }) => data)).toEqual([second.data]);
    expect((await early.arrived(2)).map(({ data }) => data)).toEqual([first.data, second.data]);
  });

  it("gives no more pictures a second than asked for", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    using reader = await stage.watch("?camera=left&fps=10");
    const units = makeUnits({ count: 30, codec: "mjpeg" });
    for (const unit of units) camera.unit(unit);
    const wanted = units.filter((_, index) => index % 3 === 0).map(({ data }) => data);
    expect((await reader.arrived(10)).map(({ data }) => data)).toEqual(wanted);
    expect(reader.parts).toHaveLength(10);
    expect(camera.droppedUnits).toBe(0);
  });

  it("counts who watches, and sends them off when the camera is taken away", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    const other = stage.camera("right");
    using left = await stage.watch("?camera=left");
    const right = await stage.watch("?camera=right");
    expect([camera.viewers, other.viewers]).toEqual([1, 1]);
    camera.remove();
    stage.cameras.remove(camera);
    await left.closed();
    other.unit(first);
    await right.arrived(1);
    right.answer.destroy();
    await expect.poll(() => [camera.viewers, other.viewers]).toEqual([0, 0]);
  });

  it("answers HEAD with the head alone", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    const answer = await stage.ask("/stream.mjpg", { method: "HEAD" });
    expect(answer.headers["content-type"]).toContain("multipart/x-mixed-replace");
    await once(answer.resume(), "end");
    expect(camera.viewers).toBe(0);
  });

  it("says what is wrong with a request", async () => {
    await using stage = await MjpegStage.set();
    expect(await stage.told("/stream.mjpg")).toEqual([503, "there is no camera now\n"]);
    stage.camera();
    expect(await stage.told("/stream.mjpg?camera=top")).toEqual([404, 'no camera "top"; there is: left\n']);
    for (const fps of ["0", "121", "-1", "fast", "", "NaN"]) {
      const told = [400, `fps = ${JSON.stringify(fps)}: allowed: 0.1 to 120\n`];
      expect(await stage.told(`/stream.mjpg?fps=${fps}`)).toEqual(told);
    }
    expect((await stage.ask("/stream.mjpg", { method: "POST" })).statusCode).toBe(405);
  });

  it("does not write into the answer to an earlier request", async () => {
    await using stage = await MjpegStage.set();
    const camera = stage.camera();
    camera.unit(first);
    const ask = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;
    const answer = askRaw(stage.port, ask("/stream.mjpg") + ask("/stream.mjpg") + ask("/snapshot.jpg"));
    await expect.poll(() => camera.viewers).toBe(1);
    await stage.route.close();
    expect((await answer).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
  });

  it("closes with everybody on it", async () => {
    const stage = await MjpegStage.set();
    stage.camera().unit(first);
    using reader = await stage.watch();
    await reader.arrived(1);
    await stage.route.close();
    await reader.closed();
    await stage[Symbol.asyncDispose]();
  });
});
