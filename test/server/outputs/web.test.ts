import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "../../../lib/clock.js";
import { silentLogger } from "../../../lib/logger.js";
import { openOutput } from "../../../server/outputs/index.js";
import { freePort } from "../../support/free-port.js";
import { CERTIFICATE } from "../../support/self-signed.js";
import { RunningOutput } from "../support/run-output.js";
import { LiveViewer } from "../web/support/live-viewer.js";
import { webUnits } from "../web/support/web-units.js";

describe("web output", () => {
  it.each([
    ["web://", "web://:8080"],
    ["web://:9000?camera=left&maxBacklogMs=500&jpegQuality=60", "web://:9000"],
    ["web://[::1]:0/?origin=https://a.example,http://b.example:8081", "web://[::1]:0"],
    ["web://:443?tlsCert=/etc/cert.pem&tlsKey=/etc/key.pem", "web://:443"],
  ])("opens %s as %s", (text, url) => {
    expect(openOutput(text).url).toBe(url);
  });

  it.each([
    ["web://?camera=a%20b", 'camera=a b is not allowed; it must be 1 to 64 letters, digits, "_", "." or "-"'],
    [`web://?camera=${"x".repeat(65)}`, 'letters, digits, "_", "." or "-"'],
    ["web://?camera=", "camera= is not allowed; it must be some text"],
    ["web://?tlsCert=cert.pem", "tlsCert and tlsKey belong together: give both, or none for plain HTTP"],
    [
      "web://?origin=cockpit.example",
      "origin=cockpit.example is not allowed; it must look like https://cockpit.example:8443",
    ],
    ["web://?origin=https://a.example/", "origin=https://a.example/ is not allowed"],
    ["web://?origin=*", "origin=* is not allowed"],
    ["web://?jpegQuality=0", "jpegQuality=0 is not allowed; it must be a whole number from 1 to 100"],
    ["web://?maxBacklogMs=5", "maxBacklogMs=5 is not allowed; it must be a whole number from 20 to 60000"],
    [
      "web://?quality=5",
      'parameter "quality" is unknown; allowed: camera, maxBacklogMs, jpegQuality, tlsCert, tlsKey, origin',
    ],
    ["web://:8080/live", "must look like scheme://host:port?name=value"],
  ])("refuses %s", (text, problem) => {
    expect(() => openOutput(text)).toThrow(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining(problem) }),
    );
  });

  it("shows the camera, and counts who sees it", async () => {
    await using running = await RunningOutput.start("web://127.0.0.1:0?camera=left");
    running.status.live();
    const units = webUnits({ count: 5 });
    for (const unit of units) running.hub.publish(unit);
    const base = `127.0.0.1:${running.port}`;
    expect(await (await fetch(`http://${base}/cameras`)).json()).toMatchObject([
      { id: "left", description: "a camera", state: "live", codec: "h264" },
    ]);
    using viewer = await LiveViewer.connect(new WebSocket(`ws://${base}/live/left`));
    await viewer.arrived(5);
    expect(viewer.pictures.map(({ capturedAtMs }) => capturedAtMs)).toEqual(units.map((unit) => unit.capturedAtMs));
    const { sentBytes, ...stats } = running.output.stats();
    expect(stats).toEqual({ url: `web://${base}`, clients: 1, droppedUnits: 0 });
    expect(sentBytes).toBeGreaterThan(500);
    expect(running.logged).toContainEqual({
      details: { url: `http://${base}/` },
      message: `the page is at http://${base}/`,
    });
  });

  it("shows at once what came before it was opened, and keeps its figures when it is gone", async () => {
    await using first = await RunningOutput.start(`web://127.0.0.1:${await freePort()}`);
    for (const unit of webUnits({ count: 3 })) first.hub.publish(unit);
    const stop = new AbortController();
    const other = openOutput(`${first.output.url}?camera=other`);
    let ended: Promise<void> = Promise.resolve();
    await new Promise<void>((ready) => {
      const { hub, status } = first;
      const context = { clock: systemClock, logger: silentLogger, gop: hub.gop, status, ready, warning: () => {} };
      ended = other.run(context, stop.signal);
    });
    using viewer = await LiveViewer.connect(new WebSocket(`ws://127.0.0.1:${first.port}/live/other`));
    await viewer.arrived(3);
    const gone = viewer.closed();
    stop.abort();
    await ended;
    expect(await gone).toEqual({ code: 1001, reason: "the camera was taken away" });
    expect(other.stats()).toMatchObject({ clients: 0, droppedUnits: 0 });
    expect(other.stats().sentBytes).toBeGreaterThan(300);
    expect(await (await fetch(`http://127.0.0.1:${first.port}/cameras`)).json()).toMatchObject([{ id: "camera" }]);
  });

  it("shares a port only with outputs that are alike but for their cameras", async () => {
    const url = `web://127.0.0.1:${await freePort()}`;
    await using _first = await RunningOutput.start(url);
    await expect(RunningOutput.start(url)).rejects.toMatchObject({
      code: "invalid-option",
      message: 'the web server has a camera "camera" already; ids must differ',
    });
    await expect(RunningOutput.start(`${url}?camera=other&jpegQuality=10`)).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(/^outputs that share port \d+ must be alike but for their cameras$/),
    });
  });

  it("speaks HTTPS with the files that its URL names, and names one that cannot be read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "glasslink-tls-"));
    try {
      const files = `tlsCert=${join(folder, "cert.pem")}&tlsKey=${join(folder, "key.pem")}`;
      await writeFile(join(folder, "cert.pem"), CERTIFICATE.cert);
      await expect(RunningOutput.start(`web://127.0.0.1:0?${files}`)).rejects.toMatchObject({
        code: "invalid-option",
        message: expect.stringContaining(`cannot read ${join(folder, "key.pem")}: ENOENT`),
      });
      await writeFile(join(folder, "key.pem"), CERTIFICATE.key);
      await using running = await RunningOutput.start(`web://127.0.0.1:0?${files}`);
      const asked = request(`https://127.0.0.1:${running.port}/healthz`, { ca: CERTIFICATE.cert }).end();
      const [response] = await once(asked, "response");
      expect(response.statusCode).toBe(503);
      response.resume();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
