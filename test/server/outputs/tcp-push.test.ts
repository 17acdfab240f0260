import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits, wireOf } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { TcpReader } from "../support/tcp-reader.js";
import { vp8Units } from "../web/support/web-units.js";

describe("TCP output that connects", () => {
  let receiver: Server;
  let url: string;

  beforeEach(async () => {
    receiver = createServer().listen(0, "127.0.0.1");
    await once(receiver, "listening");
    url = `tcp://127.0.0.1:${(receiver.address() as { port: number }).port}?connect=1`;
  });
  afterEach(() => void receiver.close());

  async function accepted(): Promise<TcpReader> {
    const [socket] = (await once(receiver, "connection")) as [Socket];
    return TcpReader.of(socket);
  }

  it("sends what a listening output sends", async () => {
    const connection = accepted();
    await using running = await RunningOutput.start(url);
    using reader = await connection;
    const units = makeUnits({ count: 3 });
    for (const unit of units) running.hub.publish(unit);
    expect(await reader.bytes(wireOf(units).length)).toEqual(wireOf(units));
    expect(running.output.stats()).toMatchObject({ clients: 1, sentBytes: wireOf(units).length });
  });

  it("fails for good with VP8", async () => {
    const connection = accepted();
    await using running = await RunningOutput.start(url);
    using _reader = await connection;
    for (const unit of vp8Units({ count: 1 })) running.hub.publish(unit);
    expect(running.failures).toEqual([expect.objectContaining({ code: "unsupported" })]);
  });

  it("fails as lost when the receiver closes", async () => {
    const connection = accepted();
    const running = await RunningOutput.start(url);
    (await connection).socket.end();
    await expect(running.ended).rejects.toMatchObject({ code: "connection-lost" });
    expect(running.output.stats().clients).toBe(0);
  });

  it("fails as lost when the connection is reset", async () => {
    const connection = accepted();
    const running = await RunningOutput.start(url);
    (await connection).socket.resetAndDestroy();
    await expect(running.ended).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("fails, for another try, when nobody listens", async () => {
    await new Promise((resolve) => receiver.close(resolve));
    await expect(RunningOutput.start(url)).rejects.toMatchObject({
      code: "connect-failed",
      retryable: true,
      message: expect.stringContaining(url.replace("?connect=1", "")),
    });
  });

  it("fails when there is no answer within 5 s", async () => {
    const clock = new FakeClock();
    const failure = expect(RunningOutput.start("tcp://127.0.0.1:9?connect=1", clock)).rejects.toMatchObject({
      code: "connect-failed",
      message: "tcp://127.0.0.1:9: no answer within 5000 ms",
    });
    // Before the loop turns, no answer can have come.
    clock.advance(5_000);
    await failure;
  });

  it("leaves no connection when it is stopped", async () => {
    const connection = accepted();
    const running = await RunningOutput.start(url);
    const reader = await connection;
    await running[Symbol.asyncDispose]();
    await reader.closed();
  });
});
