import type { RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import { parseAuthHeader } from "../../../lib/auth/auth-header.js";
import { Authenticator } from "../../../lib/auth/authenticator.js";
import { digestResponse } from "../../../lib/auth/digest.js";
import { systemClock } from "../../../lib/clock.js";
import { openSource } from "../../../lib/sources/index.js";
import { startHttpCamera } from "../../support/http-camera.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { smallJpeg } from "../../support/small-jpeg.js";

const PICTURE = Buffer.concat([Buffer.from("--frame\r\n\r\n"), smallJpeg(1)]);
const CREDENTIALS = { username: "pilot", password: "p@ss:word%" };
const USER_INFO = "pilot:p%40ss:word%";

const show: RequestListener = (_request, response) => {
  response.writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=frame" }).write(PICTURE);
};

const play = (url: string): Promise<SourceRun> =>
  runSource(openSource(url, sourceContext()), ({ units }) => units.length === 1);

/** Lets in who knows the password, by the challenges that a test chooses. */
function guarded(choose: (challenges: string[]) => string[]): RequestListener {
  const authenticator = new Authenticator(CREDENTIALS, systemClock);
  return (request, response) => {
    if (authenticator.verify("GET", request.headers.authorization) === "granted") return show(request, response);
    response.writeHead(401, { "WWW-Authenticate": choose(authenticator.challenges(false)) }).end("who are you?");
  };
}

const only = (kind: string) => (challenges: string[]) => challenges.filter((challenge) => challenge.includes(kind));

describe("a camera that asks for a password", () => {
  it.each([
    ["Basic", only("Basic"), /^Basic /],
    ["Digest with MD5", only("algorithm=MD5"), /^Digest .*algorithm=MD5/],
    ["Digest with SHA-256", only("SHA-256"), /^Digest .*algorithm=SHA-256/],
    ["all of them", (all: string[]) => all, /^Digest .*algorithm=SHA-256/],
    ["all of them in one line", (all: string[]) => [all.join(", ")], /^Digest .*algorithm=SHA-256/],
  ])("is told it, by %s", async (_name, choose, sent) => {
    const camera = await startHttpCamera(guarded(choose));
    const run = await play(`${camera.origin.replace("//", `//${USER_INFO}@`)}/a/b?c=d`);
    expect([run.units.length, run.error]).toEqual([1, undefined]);
    expect(camera.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      expect.stringMatching(sent),
    ]);
    expect(run.connected[0]?.description).toBe(`${camera.origin}/a/b?c=d (mjpeg)`);
    await camera.left();
  });

  it.each([
    ["none is known", "", "Basic", "write both into the URL, before the host"],
    ["it is wrong", "pilot:wrong@", "Basic", "user name or password refused"],
    ["it is wrong by Digest", "pilot:wrong@", "Digest", "user name or password refused"],
    ["there is no way that is known", "pilot:wrong@", "Negotiate", "not known here (Negotiate)"],
    ["there is one almost", "pilot:wrong@", "Digest algorithm=MD5-sess", "not known here (Digest MD5-sess)"],
    ["there is a long one", "pilot:wrong@", "x".repeat(9_000), `not known here (${"x".repeat(200)}…)`],
  ])("is told so where %s", async (_name, userInfo, kind, text) => {
    const camera = await startHttpCamera(guarded((all) => (/^(Basic|Digest)$/.test(kind) ? only(kind)(all) : [kind])));
    const { error } = await play(camera.origin.replace("//", `//${userInfo}`));
    expect(error).toMatchObject({ code: "unauthorized", message: expect.stringContaining(text) });
    expect(error?.message).not.toContain("wrong@");
    expect(camera.requests.length).toBeLessThanOrEqual(2);
    await camera.left();
  });
});

describe("a camera that asks with any letters", () => {
  it("is answered in UTF-8", async () => {
    const challenge = Buffer.from('Digest realm="Küche", nonce="1"').toString("latin1");
    const camera = await startHttpCamera(({ headers }, response) => {
      if (headers.authorization) return show({} as never, response as never);
      response.writeHead(401, { "WWW-Authenticate": challenge }).end();
    });
    await play(`${camera.origin.replace("//", "//Jürgen:süß@")}/a`);
    const sent = Buffer.from(camera.requests[1]?.headers.authorization ?? "", "latin1").toString("utf8");
    const asked = { username: "Jürgen", realm: "Küche", nonce: "1", uri: "/a" };
    const response = digestResponse({ ...asked, algorithm: "MD5", password: "süß", method: "GET" });
    expect(parseAuthHeader(sent).parameters).toEqual({ ...asked, response });
  });

  it("gets no answer where no header can hold it", async () => {
    const camera = await startHttpCamera(({ socket }) => {
      socket.end('HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="\x01"\r\n\r\n');
    });
    const { error } = await play(camera.origin.replace("//", "//me:hunter2@"));
    expect(error).toMatchObject({ code: "invalid-data", message: expect.stringContaining("cannot be answered") });
  });

  it("gives no orders to a terminal", async () => {
    const camera = await startHttpCamera(({ socket }) => void socket.end("HTTP/1.1 500 \x1b[31mred\r\n\r\n"));
    expect((await play(camera.origin)).error?.message).toContain("500 ?[31mred");
  });
});

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])("are followed: %i, to a path", async (status) => {
    const camera = await startHttpCamera((request, response) => {
      if (request.url === "/live/stream?x=1") show(request, response);
      else response.writeHead(status, { Location: "stream?x=1" }).end("elsewhere");
    });
    const run = await play(`${camera.origin}/live/`);
    expect([run.units.length, run.connected[0]?.description]).toEqual([1, `${camera.origin}/live/stream?x=1 (mjpeg)`]);
    await camera.left();
  });

  it("carry the password within a host, and to no other", async () => {
    const other = await startHttpCamera(guarded(only("Basic")), { host: "::1" });
    const camera = await startHttpCamera((request, response) => {
      const location = request.url === "/away" ? `${other.origin}/` : "/here";
      if (request.url === "/here") guarded(only("Basic"))(request, response);
      else response.writeHead(302, { Location: location }).end();
    });
    const base = camera.origin.replace("//", `//${USER_INFO}@`);
    expect((await play(`${base}/`)).units).toHaveLength(1);
    const { error } = await play(`${base}/away`);
    expect(error).toMatchObject({ code: "unauthorized", message: expect.stringContaining(`${other.origin}/: `) });
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it("are not followed for ever", async () => {
    const camera = await startHttpCamera((_request, response) => {
      response.writeHead(302, { Location: `/${camera.requests.length}` }).end();
    });
    const { error } = await play(camera.origin);
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("more than 5 times") });
    expect(camera.requests).toHaveLength(6);
  });

  it("lead to nothing but HTTP", async () => {
    const camera = await startHttpCamera((_request, response) => {
      response.writeHead(302, { Location: "rtsp://me:hunter2@camera/live" }).end();
    });
    const { error } = await play(camera.origin);
    expect(error?.message).toBe(
      `${camera.origin}/: the server redirects to rtsp://me:***@camera/live, which is no HTTP URL`,
    );
  });

  it("without a place are refusals", async () => {
    const camera = await startHttpCamera((_request, response) => void response.writeHead(302).end());
    expect((await play(camera.origin)).error?.message).toContain("302 Found");
  });
});
