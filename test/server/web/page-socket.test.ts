import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { io, type Socket } from "socket.io-client";
import { describe, expect, it } from "vitest";
import { Telemetry } from "../../../server/telemetry/telemetry.js";
import type { PageEvents } from "../../../server/web/live-protocol.js";
import { FakeClock } from "../../support/fake-clock.js";
import { askRaw } from "./support/ask-raw.js";
import { WebStage } from "./support/web-stage.js";
import { webUnits } from "./support/web-units.js";

/** A page's connection that keeps its events. */
class Page implements Disposable {
  readonly socket: Socket<PageEvents>;
  readonly events: unknown[][] = [];
  #awaited: { count: number; resolve: () => void } | undefined;

  constructor(stage: WebStage, options: Parameters<typeof io>[1] = {}) {
    this.socket = io(stage.origin, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
    this.socket.onAny((...event: unknown[]) => {
      if (event[0] !== "cameras" && event[0] !== "times") return;
      this.events.push(event);
      if (this.#awaited && this.events.length >= this.#awaited.count) this.#awaited.resolve();
    });
  }

  /** Resolves once so many events have come in all. */
  async arrived(count: number): Promise<void> {
    if (this.events.length < count) await new Promise<void>((resolve) => (this.#awaited = { count, resolve }));
  }

  [Symbol.dispose](): void {
    this.socket.disconnect();
  }
}

/** Why a page could not connect. */
async function refusal(page: Page): Promise<string> {
  return new Promise((resolve) => {
    page.socket.on("connect_error", (error) =>
      resolve(`${(error as { description?: { message?: string } }).description?.message ?? error.message}`),
    );
  });
}

describe("the page's connection", () => {
  it.each([["websocket"], ["polling"]])("tells the cameras at once over %s", async (transport) => {
    await using stage = await WebStage.set();
    stage.camera("left");
    using page = new Page(stage, { transports: [transport] });
    await page.arrived(1);
    expect(page.events).toEqual([
      ["cameras", [expect.objectContaining({ id: "left", state: "starting", codec: null })]],
    ]);
  });

  it("tells what changed within 100 ms, and nothing where nothing did", async () => {
    const clock = new FakeClock();
    await using stage = await WebStage.set({}, clock);
    const camera = stage.camera("left");
    using page = new Page(stage);
    await page.arrived(1);
    clock.advance(100);
    camera.status.lost("unplugged");
    clock.advance(100);
    await page.arrived(2);
    camera.viewersBy.whep = 1;
    clock.advance(100);
    await page.arrived(3);
    for (const unit of webUnits({ count: 1 })) camera.unit(unit);
    clock.advance(100);
    await page.arrived(4);
    stage.server.remove(camera);
    clock.advance(100);
    await page.arrived(5);
    expect(page.events.map(([, cameras]) => cameras)).toMatchObject([
      [{ state: "starting" }],
      [{ state: "lost", reason: "unplugged", retries: 1, viewers: 0 }],
      [{ state: "lost", viewers: 1, codec: null }],
      [{ codec: "h264", codecString: "avc1.42c01e", width: 640, height: 480 }],
      [],
    ]);
  });

  it("tells once a second, and who comes at once, how the cameras' times lie on the clock, and their rate", async () => {
    const clock = new FakeClock();
    await using stage = await WebStage.set({}, clock);
    const [left, right] = [stage.camera("left", () => 250), stage.camera("right")];
    const units = webUnits({ count: 31 });
    using page = new Page(stage);
    await page.arrived(1);
    for (const unit of units.slice(0, 1)) left.unit(unit);
    left.status.live();
    clock.advance(100);
    await page.arrived(2);
    for (const unit of units.slice(1, 30)) left.unit({ ...unit, capturedAtMs: (unit.capturedAtMs ?? 0) + 5 });
    for (const unit of units.slice(30)) left.unit({ ...unit, capturedAtMs: (unit.capturedAtMs ?? 0) - 1 });
    for (const unit of units) right.unit({ ...unit, mediaTimeMs: 2 ** 32 / 90 + 1 });
    clock.advance(100);
    await page.arrived(3);
    right.status.live();
    clock.advance(100);
    await page.arrived(4);
    expect(page.events.at(-1)).toMatchObject([
      "cameras",
      [
        { id: "left", fps: 0 },
        { id: "right", state: "live" },
      ],
    ]);
    clock.advance(700);
    await page.arrived(6);
    expect(page.events.slice(4)).toEqual([
      ["cameras", [expect.objectContaining({ id: "left", fps: 30 }), expect.objectContaining({ id: "right" })]],
      [
        "times",
        [
          { camera: "left", rtpTimestamp: 180_000, capturedAtMs: 1_700_000_001_749, uncertaintyMs: 2.5 },
          { camera: "right", rtpTimestamp: 90, capturedAtMs: 1_700_000_001_000, uncertaintyMs: 0 },
        ],
      ],
    ]);
    using late = new Page(stage);
    await late.arrived(2);
    expect(late.events[1]).toEqual(page.events.at(-1));
  });

  it("tells of the vehicle and the machine too, and leaves whose telemetry it is to its owner", async () => {
    const clock = new FakeClock();
    await using telemetry = new Telemetry({ rateHz: 1, clock });
    await using stage = await WebStage.set({}, clock, telemetry);
    const page = io(stage.origin, { transports: ["websocket"], forceNew: true, reconnection: false });
    const [hello] = await once(page as never, "hello");
    expect(hello).toEqual({ version: 1, rateHz: 1, link: null });
    const told = once(page as never, "telemetry");
    clock.advance(1_000);
    const [snapshot] = await told;
    expect(snapshot).toMatchObject({ atMs: clock.wallNow(), vehicle: null, health: expect.any(Object) });
    expect(await page.emitWithAck("clock")).toMatchObject({ receivedAtMs: clock.wallNow() });
    page.disconnect();
    await stage.server.close();
    const before = telemetry.latest;
    clock.advance(1_000);
    expect(telemetry.latest).not.toBe(before);
  });

  it("is not for pages of other hosts", async () => {
    await using stage = await WebStage.set({ allowedOrigins: ["https://cockpit.example"] });
    using evil = new Page(stage, { extraHeaders: { Origin: "http://evil.example" } });
    expect(await refusal(evil)).toBe("Unexpected server response: 403");
    const poll = await stage.fetch("/socket.io/?EIO=4&transport=polling", {
      headers: { Origin: "http://evil.example" },
    });
    expect(poll.status).toBe(403);
    using allowed = new Page(stage, { extraHeaders: { Origin: "https://cockpit.example" } });
    await allowed.arrived(1);
  });

  it("ends for who sends much more than a page has to say", async () => {
    await using stage = await WebStage.set();
    using page = new Page(stage);
    await page.arrived(1);
    const gone = once(page.socket as never, "disconnect");
    (page.socket as Socket).emit("clock", "x".repeat(20_000));
    expect(await gone).toEqual(expect.arrayContaining(["transport close"]));
  });

  it("ends for who asks and asks before it is one of the pages, and takes none of the answers", async () => {
    await using stage = await WebStage.set();
    const webSocket = stage.webSocket("/socket.io/?EIO=4&transport=websocket");
    let answers = 0;
    webSocket.on("message", () => answers++);
    const [underneath] = (await once(webSocket, "upgrade")) as [IncomingMessage];
    underneath.socket.cork();
    // There is no such namespace.
    for (let sent = 0; sent < 3_000; sent++) webSocket.send("40/x,");
    const gone = once(webSocket, "close");
    underneath.socket.uncork();
    await gone;
    expect(answers).toBeLessThanOrEqual(1_000);
  });

  it.each(["/socket.io/", "/socket.io/?EIO=4&transport=polling&sid=x", "/socket.io/?EIO=2&transport=websocket"])(
    "answers %s, which is nothing, with 400",
    async (path) => {
      await using stage = await WebStage.set();
      const text = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect(await askRaw(stage.server.port, text)).toMatch(/^HTTP\/1.1 400 /);
    },
  );

  it("leaves no timer behind when the pages are gone", async () => {
    const clock = new FakeClock();
    await using stage = await WebStage.set({}, clock);
    const before = clock.waiting;
    const page = new Page(stage);
    await page.arrived(1);
    expect(clock.waiting).toBe(before + 1);
    page.socket.disconnect();
    while (clock.waiting > before) await new Promise((resolve) => setImmediate(resolve));
    await stage.server.close();
    expect(clock.waiting).toBe(0);
  });
});
