import type { RequestListener, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { openSource } from "../../../lib/sources/index.js";
import type { SourceContext } from "../../../lib/sources/source.js";
import { FakeClock } from "../../support/fake-clock.js";
import { startHttpCamera } from "../../support/http-camera.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { smallJpeg } from "../../support/small-jpeg.js";

const STREAM = { "Content-Type": "multipart/x-mixed-replace; boundary=frame" };

const part = (number: number): Buffer =>
  Buffer.concat([Buffer.from("--frame\r\nContent-Type: image/jpeg\r\n\r\n"), smallJpeg(number), Buffer.from("\r\n")]);

/** ffmpeg is not there: what is handed over to it fails so. */
const context = (changes: Partial<SourceContext> = {}): SourceContext =>
  sourceContext({ ffmpeg: () => Promise.reject(new Error("ffmpeg takes over")), ...changes });

function play(url: string, enough?: (run: SourceRun) => boolean, changes?: Partial<SourceContext>): Promise<SourceRun> {
  return runSource(openSource(url, context(changes)), enough);
}

const count =
  (wanted: number) =>
  ({ units }: SourceRun): boolean =>
    units.length >= wanted;

/** Begins a stream, and leaves it open. */
function begin(response: ServerResponse, ...numbers: number[]): void {
  response.writeHead(200, STREAM).flushHeaders();
  for (const number of numbers) response.write(part(number));
}

describe("MJPEG over HTTP", () => {
  it.each(["chunks", "neither chunks nor length"])("is received with %s", async (how) => {
    const camera = await startHttpCamera((_request, response) => {
      if (how !== "chunks") response.removeHeader("Transfer-Encoding");
      begin(response, 1, 2, 3);
    });
    const run = await play(`${camera.origin}/video?x=%41&y`, count(3));
    expect(run.error).toBeUndefined();
    expect(run.units.map(({ data }) => data)).toEqual([1, 2, 3].map((number) => smallJpeg(number)));
    expect(run.bytes).toBeGreaterThan(3 * smallJpeg(1).length);
    expect(run.connected).toEqual([{ sameClock: true, description: `${camera.origin}/video?x=%41&y (mjpeg)` }]);
    const [asked] = camera.requests;
    expect(asked).toMatchObject({ method: "GET", path: "/video?x=%41&y", headers: { "user-agent": "glasslink" } });
    expect(asked?.headers["accept-encoding"]).toBe("identity");
    await camera.left();
  });

  it("is received by IPv6", async () => {
    const camera = await startHttpCamera((_request, response) => begin(response, 1), { host: "::1" });
    const run = await play(`${camera.origin}/`, count(1));
    expect([run.units.length, camera.requests[0]?.headers.host]).toEqual([1, `[::1]:${camera.port}`]);
  });

  it.each(["application/octet-stream", ""])("is known by its first bytes where the type is %j", async (type) => {
    const camera = await startHttpCamera((_request, response) => {
      response.writeHead(200, type === "" ? {} : { "Content-Type": type });
      const rest = ["-", Buffer.concat([part(1).subarray(1), part(2)])];
      // Each when the one before is on its way.
      const next = (): void => void (rest[0] && response.write(rest.shift() ?? "", next));
      response.write("\r\n", next);
    });
    const run = await play(camera.origin, count(2));
    expect(run.units.map(({ data }) => data)).toEqual([smallJpeg(1), smallJpeg(2)]);
  });

  it("counts as live where the camera pauses between pictures", async () => {
    const clock = new FakeClock();
    const camera = await startHttpCamera((_request, response) => {
      begin(response, 1);
      more = (number) => response.write(part(number));
    });
    let more: (number: number) => void = () => {};
    let live = 0;
    const end = new AbortController();
    const seen: number[] = [];
    const unit = (): void => {
      seen.push(live);
      clock.advance(seen.length === 1 ? 9 : 8);
      if (seen.length === 3) end.abort();
      else more(2);
    };
    const sink = { connected() {}, bytes() {}, restarted() {}, unit, lost() {}, discarded() {} };
    const count = (): void => void live++;
    await openSource(camera.origin, context({ clock })).run({ ...sink, live: count }, end.signal);
    expect(seen).toEqual([1, 2, 2]);
  });

  it("ends with the stream", async () => {
    const camera = await startHttpCamera((_request, response) => void response.writeHead(200, STREAM).end(part(1)));
    const { units, error, lost } = await play(camera.origin);
    expect([units.length, lost, error?.code]).toEqual([1, 0, "stream-ended"]);
    expect(error?.message).toBe(`${camera.origin}/: the server ended the stream`);
  });

  it.each(["Content-Type: multipart/x-mixed-replace\r\n", ""])(
    "is read to its end where everything comes at once: %j",
    async (type) => {
      const pictures = Buffer.concat(Array.from({ length: 50 }, (_, number) => part(number)));
      const camera = await startHttpCamera(({ socket }) => {
        socket.end(Buffer.concat([Buffer.from(`HTTP/1.0 200 OK\n${type}\n`), pictures]));
      });
      const { units, error } = await play(camera.origin);
      const seen = units.length;
      await camera.left();
      expect([seen, units.length, error?.code]).toEqual([50, 50, "stream-ended"]);
    },
  );

  it.each([
    ["chunks", {}, "connection-lost"],
    ["a length", { "Content-Length": 10_000 }, "connection-lost"],
    ["no end of its own", { Connection: "close", "Transfer-Encoding": "" }, "stream-ended"],
  ])("is lost where the connection breaks off in a picture, with %s", async (_name, headers, code) => {
    const camera = await startHttpCamera((_request, response) => {
      if ("Transfer-Encoding" in headers) response.removeHeader("Transfer-Encoding");
      const { "Transfer-Encoding": _none, ...told } = headers as Record<string, string | number>;
      response.writeHead(200, { ...STREAM, ...told });
      response.write(Buffer.concat([part(1), part(2).subarray(0, -20)]), () => response.socket?.end());
    });
    const { units, error, lost } = await play(camera.origin);
    expect([units.length, lost, error?.code]).toEqual([1, 1, code]);
  });

  it("is refused where it is none", async () => {
    const camera = await startHttpCamera((_request, response) => {
      response.writeHead(200, STREAM).write(Buffer.alloc(70_000, 0x20));
    });
    const { error } = await play(camera.origin);
    expect(error).toMatchObject({ code: "invalid-data", message: expect.stringContaining("no boundary") });
    await camera.left();
  });

  it.each(["/", "/silent"])("is left when its signal aborts: %s", async (path) => {
    const camera = await startHttpCamera((request, response) => {
      if (request.url === "/") begin(response);
      else end.abort();
    });
    const end = new AbortController();
    const sink = { bytes() {}, live() {}, restarted() {}, unit() {}, lost() {}, discarded() {} };
    const connected = (): void => end.abort();
    await openSource(`${camera.origin}${path}`, context()).run({ ...sink, connected }, end.signal);
    expect(camera.requests).toHaveLength(1);
    await camera.left();
  });
});

describe("what is not MJPEG", () => {
  it.each(["video/mp4", "image/jpeg", "application/vnd.apple.mpegurl", "application/octet-stream"])(
    "is left to ffmpeg, on a connection of its own: %s",
    async (type) => {
      const camera = await startHttpCamera((_request, response) => {
        response.writeHead(200, { "Content-Type": type }).write("what ffmpeg reads");
      });
      const open = async (): Promise<string> => {
        await camera.left();
        throw new Error("ffmpeg takes over");
      };
      const { error, connected } = await play(camera.origin, undefined, { ffmpeg: open });
      expect([error?.message, connected.length, camera.requests.length]).toEqual(["ffmpeg takes over", 0, 1]);
    },
  );

  it.each(["/a.m3u8", "/live/a.ts?x=1", "/a.b/c.MP4#t", "/c.h264"])("is not asked for by us: %s", async (path) => {
    const camera = await startHttpCamera((_request, response) => void response.end());
    const { error } = await play(`${camera.origin}${path}`);
    expect([error?.message, camera.requests.length]).toEqual(["ffmpeg takes over", 0]);
  });

  it("is told where it is a page", async () => {
    const camera = await startHttpCamera((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end("<h1>My camera</h1>");
    });
    const { error } = await play(camera.origin);
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("is the path right?") });
  });

  it("is told where it is no HTTP", async () => {
    const camera = await startHttpCamera((request) => void request.socket.end("SSH-2.0-camera\r\n"));
    const { error } = await play(camera.origin);
    expect(error).toMatchObject({ code: "invalid-data", message: expect.stringContaining("no HTTP") });
  });

  it.each([
    [404, "connect-failed", "no such stream"],
    [403, "unauthorized", "forbids it"],
    [503, "connect-failed", "cannot give it now (it answered with 503 Service Unavailable)"],
    [500, "connect-failed", "refuses it (it answered with 500"],
  ])("is told where the server answers with %i", async (status, code, text) => {
    const camera = await startHttpCamera((_request, response) => void response.writeHead(status).end("no"));
    const { error } = await play(`${camera.origin}/a?token=hunter2`);
    expect(error).toMatchObject({ code, message: expect.stringContaining(text), details: { status } });
    expect(error?.message).not.toContain("hunter2");
    await camera.left();
  });
});

describe("a connection that cannot be had", () => {
  const silent: RequestListener = () => {};
  const late: RequestListener = (_request, response) => void response.writeHead(200).flushHeaders();

  it.each([
    ["its head", silent],
    ["the first bytes, where nothing tells what they are", late],
  ])("is given up when the time for %s is over", async (_name, answer) => {
    const clock = new FakeClock();
    const camera = await startHttpCamera((request, response) => {
      answer(request, response);
      setImmediate(() => clock.advance(5_000));
    });
    const { error } = await play(camera.origin, undefined, { clock, connectTimeoutMs: 5_000 });
    expect(error).toMatchObject({ code: "connect-failed", message: `${camera.origin}/: no answer within 5000 ms` });
    await camera.left();
  });

  it("is told where nobody listens", async () => {
    const { error } = await play("http://me:hunter2@127.0.0.1:1/");
    expect(error?.code).toBe("connect-failed");
    expect(error?.message).toBe(
      "http://127.0.0.1:1/: connection refused; is the sender running, and is this its port?",
    );
  });

  it("is told where the server speaks no TLS", async () => {
    const camera = await startHttpCamera((_request, response) => begin(response, 1));
    const { error } = await play(camera.origin.replace("http:", "https:"));
    expect(error?.message).toMatch(/: no TLS comes about \([\w ]+\); does the server speak it, and at this port\?$/);
  });

  it("is told where the certificate is not trusted, and is had where that is borne", async () => {
    const camera = await startHttpCamera((_request, response) => begin(response, 1), { secure: true });
    const { error } = await play(`${camera.origin}/a?b=1`);
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("?insecure=1 takes any") });
    const run = await play(`${camera.origin}/a?b=1&insecure=1`, count(1));
    expect([run.units.length, camera.requests[0]?.path]).toEqual([1, "/a?b=1"]);
  });
});
