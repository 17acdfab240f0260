import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { silentLogger } from "../../../lib/logger.js";
import { acquireRtspServer } from "../../../lib/rtsp/server-registry.js";
import { freePort } from "../../support/free-port.js";
import { RtspPeer } from "../../support/rtsp-peer.js";

const never = new AbortController().signal;
const acquire = (port: number, host = "127.0.0.1") =>
  acquireRtspServer({ host, port, clock: systemClock, logger: silentLogger }, never);

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
