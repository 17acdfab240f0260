import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { silentLogger } from "../../../lib/logger.js";
import { acquireRtspServer } from "../../../lib/rtsp/server-registry.js";
import { freePort } from "../../support/free-port.js";
import { RtspPeer } from "../../support/rtsp-peer.js";

const never = new AbortController().signal;
const acquire = (port: number, host = "127.0.0.1", signal = never) =>
  acquireRtspServer({ host, port, clock: systemClock, logger: silentLogger }, signal);

describe("servers of one process", () => {
  it("share a port until the last has let go", async () => {
    const port = await freePort();
    const [one, two] = await Promise.all([acquire(port), acquire(port)]);
    expect(one.server).toBe(two.server);
    await one.release();
    await one.release();
    using peer = await RtspPeer.connect(port);
    expect((await peer.request("OPTIONS", "*")).status).toBe(200);
    await two.release();
    await expect(RtspPeer.connect(port)).rejects.toThrow("ECONNREFUSED");
    const again = await acquire(port);
    expect(again.server).not.toBe(one.server);
    await again.release();
  });

  it("are opened anew while the last is still being closed", async () => {
    const port = await freePort();
    const one = await acquire(port);
    const released = one.release();
    const two = await acquire(port);
    await released;
    using peer = await RtspPeer.connect(port);
    expect((await peer.request("OPTIONS", "*")).status).toBe(200);
    await two.release();
  });

  it("are opened for the others when the first who asked wants it no more", async () => {
    const port = await freePort();
    const impatient = new AbortController();
    const [first, second] = [acquire(port, "localhost", impatient.signal), acquire(port, "localhost")];
    impatient.abort();
    await expect(first).rejects.toBe(impatient.signal.reason);
    const { server, release } = await second;
    expect(server.port).toBe(port);
    await release();
  });

  it("leave nothing open when nobody wants it any more", async () => {
    const port = await freePort();
    const impatient = new AbortController();
    const asked = acquire(port, "127.0.0.1", impatient.signal);
    impatient.abort();
    await expect(asked).rejects.toBe(impatient.signal.reason);
    await expect(RtspPeer.connect(port)).rejects.toThrow("ECONNREFUSED");
  });

  it("get a port each where any will do", async () => {
    const [one, two] = await Promise.all([acquire(0), acquire(0)]);
    expect(one.server.port).not.toBe(two.server.port);
    await Promise.all([one.release(), two.release()]);
  });

  it("say why a port cannot be had", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const port = (taken.address() as { port: number }).port;
    for (let times = 0; times < 2; times++) {
      const message = `rtsp://127.0.0.1:${port}: cannot listen: port ${port} is in use already`;
      await expect(acquire(port)).rejects.toMatchObject({ code: "bind-failed", message });
    }
    await new Promise((resolve) => taken.close(resolve));
    await expect(acquire(0, "192.0.2.1")).rejects.toThrow(/192\.0\.2\.1 is no address of this machine/);
  });
});
