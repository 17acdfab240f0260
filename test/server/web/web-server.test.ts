import { once } from "node:events";
import { rename, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { silentLogger } from "../../../lib/logger.js";
import { WebServer } from "../../../server/web/web-server.js";
import { CERTIFICATE } from "../../support/self-signed.js";
import { askRaw } from "./support/ask-raw.js";
import { WebStage } from "./support/web-stage.js";
import { webUnits } from "./support/web-units.js";

const CONTEXT = { clock: systemClock, logger: silentLogger };
const never = new AbortController().signal;

describe("page", () => {
  it("is served whole, and only hashed files are kept by browsers", async () => {
    await using stage = await WebStage.set();
    const page = await stage.fetch("/");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(await page.text()).toBe("<!doctype html><title>page</title>");
    const script = await stage.fetch("/assets/page-1a2b.js?x=1");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const known = page.headers.get("etag") ?? "";
    const again = await stage.fetch("/index.html", { headers: { "If-None-Match": known } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await stage.fetch("/", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "34", ""]);
  });

  it("is compressed for browsers, where that makes it smaller", async () => {
    await using stage = await WebStage.set();
    const text = "/* the same again */".repeat(100);
    await writeFile(join(stage.folder, "assets/style-3c4d.css"), text);
    const style = await stage.fetch("/assets/style-3c4d.css");
    expect([style.headers.get("content-encoding"), await style.text()]).toEqual(["gzip", text]);
    expect(style.headers.get("vary")).toBe("Origin, Accept-Encoding");
    expect((await stage.fetch("/assets/page-1a2b.js")).headers.get("content-encoding")).toBeNull();
    const plain = await stage.fetch("/assets/style-3c4d.css", { headers: { "Accept-Encoding": "identity" } });
    expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, text]);
  });

  it("is told to be built where it was not, and served as soon as it is", async () => {
    await using stage = await WebStage.set();
    const page = join(stage.folder, "index.html");
    await rename(page, join(stage.folder, "other.html"));
    const response = await stage.fetch("/");
    expect([response.status, await response.text()]).toEqual([503, "the page was not built: npm run build\n"]);
    await rename(join(stage.folder, "other.html"), page);
    expect((await stage.fetch("/")).status).toBe(200);
  });

  it("stays whole when its files change underneath", async () => {
    await using stage = await WebStage.set();
    await stage.fetch("/");
    await rm(stage.folder, { recursive: true });
    expect((await stage.fetch("/assets/page-1a2b.js")).status).toBe(200);
  });

  it("may use nothing but its own server", async () => {
    await using stage = await WebStage.set();
    const { headers } = await stage.fetch("/");
    const host = `127.0.0.1:${stage.server.port}`;
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; " +
        `media-src 'self' blob: mediastream:; connect-src 'self' ws://${host} wss://${host}; worker-src 'self'; ` +
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("web server", () => {
  it("tells its cameras", async () => {
    await using stage = await WebStage.set();
    const [left, right] = [stage.camera("left"), stage.camera("right")];
    for (const unit of webUnits({ count: 31 })) left.unit(unit);
    left.status.live();
    right.status.lost("rtsp://me:secret@cam/: no answer");
    const response = await stage.fetch("/cameras");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual([
      {
        ...{ id: "left", description: "camera left", state: "live", reason: null, retries: 0, viewers: 0, fps: 30 },
        ...{ codec: "h264", codecString: "avc1.42c01e", width: 640, height: 480 },
        transports: ["websocket", "whep", "mjpeg"],
      },
      {
        ...{
          id: "right",
          description: "camera right",
          state: "lost",
          reason: "rtsp://me:***@cam/: no answer",
          retries: 1,
        },
        ...{ viewers: 0, fps: 0, codec: null, codecString: null, width: null, height: null, transports: [] },
      },
    ]);
    stage.server.remove(left);
    expect(await (await stage.fetch("/cameras")).json()).toMatchObject([{ id: "right" }]);
  });

  it("is well while a camera is live, and else says why not", async () => {
    await using stage = await WebStage.set();
    const [left, right] = [stage.camera("left"), stage.camera("right")];
    left.status.lost("unplugged");
    const ill = await stage.fetch("/healthz");
    expect([ill.status, await ill.json()]).toEqual([
      503,
      {
        status: "no camera is live",
        cameras: [
          { camera: "left", state: "lost", reason: "unplugged" },
          { camera: "right", state: "starting", reason: null },
        ],
      },
    ]);
    right.status.live();
    const well = await stage.fetch("/healthz");
    expect([well.status, await well.json()]).toEqual([200, { status: "ok" }]);
  });

  it("gives its figures to Prometheus, with no camera that is gone", async () => {
    await using stage = await WebStage.set();
    const [left, right] = [stage.camera("left"), stage.camera("right")];
    for (const unit of webUnits({ count: 31, gop: 10 })) left.unit(unit);
    left.status.live();
    left.droppedUnits = 7;
    left.viewersBy.websocket = 2;
    const before = await (await stage.fetch("/metrics")).text();
    for (const line of [
      'glasslink_camera_live{camera="left"} 1',
      'glasslink_camera_live{camera="right"} 0',
      'glasslink_camera_units_total{camera="left"} 31',
      'glasslink_camera_keyframes_total{camera="left"} 4',
      'glasslink_camera_bytes_total{camera="left"} 3100',
      'glasslink_camera_dropped_units_total{camera="left"} 7',
      'glasslink_viewers{camera="left",transport="websocket"} 2',
      'glasslink_viewers{camera="left",transport="whep"} 0',
    ]) {
      expect(before.split("\n")).toContain(line);
    }
    expect(before).toMatch(/^glasslink_camera_fps\{camera="left"\} (30|29\.9+\d*|30\.0+\d*)$/m);
    expect(before).toMatch(/^process_resident_memory_bytes \d+$/m);
    stage.server.remove(right);
    expect(await (await stage.fetch("/metrics")).text()).not.toContain('"right"');
  });

  it("speaks HTTPS where it has a certificate, and the pictures come over it too", async () => {
    await using stage = await WebStage.set({ tls: CERTIFICATE });
    expect(stage.server.url).toBe(`https://127.0.0.1:${stage.server.port}/`);
    const asked = request(`${stage.server.url}cameras`, { ca: CERTIFICATE.cert }).end();
    const [response] = await once(asked, "response");
    expect(response.statusCode).toBe(200);
    response.resume();
    const webSocket = stage.webSocket("/live");
    stage.camera();
    await once(webSocket, "open");
    webSocket.terminate();
  });

  it.each([
    [{ tls: { cert: "nonsense", key: CERTIFICATE.key } }, "invalid-option", "both must be PEM, and belong together"],
    [
      { allowedOrigins: ["cockpit.example"] },
      "invalid-option",
      'allowedOrigins: "cockpit.example" must be as browsers',
    ],
    [
      { host: "192.0.2.1" },
      "bind-failed",
      "http://192.0.2.1:0: cannot listen: 192.0.2.1 is no address of this machine; it has ",
    ],
  ])("cannot be opened with %o", async (place, code, problem) => {
    await expect(WebServer.listen({ host: "127.0.0.1", port: 0, ...place }, CONTEXT, never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(problem),
    });
  });

  it("says that its port is taken", async () => {
    await using stage = await WebStage.set();
    const { port } = stage.server;
    await expect(WebServer.listen({ host: "127.0.0.1", port }, CONTEXT, never)).rejects.toMatchObject({
      code: "bind-failed",
      message: `http://127.0.0.1:${port}: cannot listen: port ${port} is in use already`,
    });
  });

  it("is not opened for whoever does not want it any more", async () => {
    const stop = new AbortController();
    const listening = WebServer.listen({ host: "127.0.0.1", port: 0 }, CONTEXT, stop.signal);
    stop.abort();
    await expect(listening).rejects.toBe(stop.signal.reason);
  });

  it("leaves nothing open when it is closed, twice or not", async () => {
    await using stage = await WebStage.set();
    const silent = connect(stage.server.port, "127.0.0.1");
    await once(silent, "connect");
    const gone = once(silent, "close");
    await Promise.all([stage.server.close(), stage.server.close()]);
    await gone;
    const taken = createServer().listen(stage.server.port, "127.0.0.1");
    await once(taken, "listening");
    taken.close();
  });
});

describe("requests that cannot be served", () => {
  it.each([
    ["GET", "/nothing", 404, "there is nothing at /nothing"],
    ["GET", "/../../etc/passwd", 404, "there is nothing at /etc/passwd"],
    ["GET", "/%2e%2e/%2e%2e/etc/passwd", 404, "there is nothing at /etc/passwd"],
    ["GET", "/assets/", 404, "there is nothing at /assets/"],
    ["GET", "//evil.example/", 404, "there is nothing at //evil.example/"],
    ["GET", "/%", 400, "the address has a % without two hexadecimal digits of UTF-8 behind it"],
    ["GET", "/%ff", 400, "the address has a % without two hexadecimal digits of UTF-8 behind it"],
    ["GET", "http://evil.example/", 400, "the address must begin with a slash"],
    ["OPTIONS", "*", 400, "the address must begin with a slash"],
    ["POST", "/cameras", 405, "POST is not allowed here; GET, HEAD, OPTIONS is"],
    ["DELETE", "/", 405, "DELETE is not allowed here; GET, HEAD, OPTIONS is"],
    ["GET", "/whep/left", 405, "GET is not allowed here; POST, PATCH, DELETE, OPTIONS is"],
    ["PROPFIND", "/live/left", 405, "PROPFIND is not allowed here; GET, OPTIONS is"],
  ])("%s %s: %i", async (method, path, status, message) => {
    await using stage = await WebStage.set();
    const answer = await askRaw(
      stage.server.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.split("\r\n\r\n")[1]).toBe(`${message}\n`);
    expect(answer.includes("Allow: ")).toBe(status === 405);
  });

  it.each([
    ["a request that is none", "hello\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["headers without end", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(10_000)}`, 431],
    ["somebody else's name", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403],
    [
      "another protocol",
      "POST /cameras HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
      400,
    ],
  ])("%s", async (_what, text, status) => {
    await using stage = await WebStage.set();
    expect(await askRaw(stage.server.port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status}\\b`));
  });

  it("answers who would rather speak HTTP/2 as if nothing had been said", async () => {
    await using stage = await WebStage.set();
    const head = "GET /cameras HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n";
    const answer = await askRaw(stage.server.port, `${head}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n(?:.+\r\n)+\r\n\[\]\n$/);
  });
});

describe("pages of other hosts", () => {
  const allowedOrigins = ["https://cockpit.example"];

  it.each([
    ["https://cockpit.example", "https://cockpit.example", "cross-origin"],
    ["https://evil.example", null, "same-origin"],
  ])("%s", async (origin, allowed, policy) => {
    await using stage = await WebStage.set({ allowedOrigins });
    const response = await stage.fetch("/cameras", { headers: { Origin: origin } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(allowed);
    expect(response.headers.get("cross-origin-resource-policy")).toBe(policy);
    expect(response.headers.get("vary")).toBe("Origin");
    const asked = await stage.fetch("/cameras", { method: "OPTIONS", headers: { Origin: origin } });
    expect([asked.status, asked.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    expect(asked.headers.get("access-control-allow-methods")).toBe(allowed && "GET, HEAD, OPTIONS");
  });

  it("may not change anything", async () => {
    await using stage = await WebStage.set({ allowedOrigins });
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await stage.fetch("/cameras", { method, headers: { Origin: "https://evil.example" } });
      expect(response.status).toBe(403);
      expect((await stage.fetch("/cameras", { method, headers: { Origin: "https://cockpit.example" } })).status).toBe(
        405,
      );
    }
  });
});
