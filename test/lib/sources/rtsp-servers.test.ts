import { describe, expect, it } from "vitest";
import { openSource } from "../../../lib/sources/index.js";
import { fixturePath } from "../../support/fixture-path.js";
import { fingerprints } from "../../support/recording-sink.js";
import type { RtspServerOptions, ScriptedRtspServer } from "../../support/rtsp-server.js";
import type { RtspAnswer } from "../../support/rtsp-server-client.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { caughtUp, connected, count, pictures, play, sendWhenPlayed, serve } from "./rtsp-stage.js";

const H264 = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
const AUDIO = "m=audio 0 RTP/AVP 0\r\na=control:sound\r\n";
const HEAD = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const DESCRIPTION = { "Content-Type": "application/sdp" };

/** Replaces the answers to some methods. */
function answers(special: Record<string, RtspAnswer>): RtspServerOptions {
  return { answer: ({ method }) => special[method] };
}

async function expectPictures(server: ScriptedRtspServer, url = server.url): Promise<SourceRun> {
  const units = await pictures();
  sendWhenPlayed(server, units);
  const run = await play(url, count(20));
  expect(fingerprints(run.units)).toEqual(fingerprints(units));
  return run;
}

describe("a server of RTSP with ways of its own", () => {
  it.each([
    [
      "a base without a slash",
      { "Content-Base": "rtsp://a/b" },
      "a=control:track\r\n",
      ["rtsp://a/b/track", "rtsp://a/b"],
    ],
    ["a base with one", { "Content-Base": "rtsp://a/b/" }, "a=control:track\r\n", ["rtsp://a/b/track", "rtsp://a/b/"]],
    ["no base", {}, "a=control:track\r\n", ["URL/track", "URL"]],
    ["a base that is none", { "Content-Base": "/stream/" }, "a=control:track\r\n", ["URL/track", "URL"]],
    ["a location", { "Content-Location": "rtsp://a/c/" }, "a=control:1\r\n", ["rtsp://a/c/1", "rtsp://a/c/"]],
    ["absolute URLs", {}, "a=control:rtsp://a/b/t=1\r\n", ["rtsp://a/b/t=1", "URL"]],
    ["no URLs", {}, "", ["URL", "URL"]],
  ])("may give %s", async (_what, headers, control, expected) => {
    const body = `${HEAD}${H264}${control}`;
    const server = await serve(answers({ DESCRIBE: { headers: { ...DESCRIPTION, ...headers }, body } }));
    await expectPictures(server);
    const url = `rtsp://127.0.0.1:${server.port}/stream`;
    const asked = server.requests.filter(({ method }) => method === "SETUP" || method === "PLAY");
    expect(asked.map((request) => request.url)).toEqual(expected.map((text) => text.replace("URL", url)));
  });

  it.each([
    ["no transport", { Session: "1", Transport: "" }],
    ["one without ports", { Session: "1", Transport: "RTP/AVP/TCP;unicast" }],
    ["other channels", { Session: "1", Transport: "RTP/AVP/TCP;unicast;interleaved=4-5" }],
    ["one channel", { Session: "1", Transport: "RTP/AVP/TCP;interleaved=2" }],
    ["channels, but no TCP", { Session: "1", Transport: "RTP/AVP;unicast;interleaved=0-1" }],
  ])("may answer SETUP with %s", async (_what, headers) => {
    const interleaved = /=(\d)/.exec(headers.Transport)?.[1] ?? "0";
    const server = await serve({
      answer: ({ method }, client) => {
        if (method !== "SETUP") return undefined;
        const channels = [Number(interleaved), Number(interleaved) + 1] as const;
        client.transport = { protocol: "tcp", multicast: false, interleaved: channels };
        return { headers };
      },
    });
    await expectPictures(server, `${server.url}?transport=tcp`);
  });

  it.each(["", ";server_port=0-0"])("may tell neither its ports nor its SSRC with UDP: %j", async (told) => {
    const server = await serve({
      answer: ({ method, headers }, client) => {
        if (method !== "SETUP") return undefined;
        const port = /client_port=(\d+)/.exec(headers.get("Transport") ?? "")?.[1];
        client.transport = { protocol: "udp", multicast: false, clientPort: [Number(port), Number(port) + 1] };
        void client.openSockets();
        const clientPort = `client_port=${port}-${Number(port) + 1}`;
        return { headers: { Session: "1", Transport: `RTP/AVP;unicast;${clientPort}${told}` } };
      },
    });
    await expectPictures(server, `${server.url}?transport=udp`);
  });

  it("may send before it answers PLAY", async () => {
    const units = await pictures();
    const server: ScriptedRtspServer = await serve({
      answer: ({ method }) => {
        if (method === "PLAY") for (const [index, unit] of units.entries()) server.send(unit, index * 33);
        return undefined;
      },
    });
    const run = await play(`${server.url}?transport=tcp`, (seen) => connected(seen) && count(20)(seen));
    expect(fingerprints(run.units)).toEqual(fingerprints(units));
  });

  it("may number its answers under another spelling, or not at all", async () => {
    for (const name of ["Cseq", "cseq", undefined]) {
      const server = await serve({
        answer: ({ method, headers }) => {
          const numbered = name === undefined ? {} : { [name]: headers.get("CSeq") };
          return method === "SETUP" ? { headers: { CSeq: undefined, ...numbered, Session: "1" } } : undefined;
        },
      });
      await expectPictures(server);
    }
  });

  it("may begin its stream anew with another SSRC", async () => {
    const units = await pictures();
    const server = await serve();
    server.onPlay = (client) => {
      for (const [index, unit] of units.entries()) {
        for (const packet of server.packets(unit, index * 33)) {
          if (index >= 10) packet.writeUInt32BE(0x77, 8);
          client.sendRtp(packet);
        }
      }
    };
    const run = await play(`${server.url}?transport=tcp`, count(20));
    expect(fingerprints(run.units)).toEqual(fingerprints(units));
    expect(run.lost).toBe(1);
  });

  it("may describe sound and other things before the video", async () => {
    const body = `${HEAD}${AUDIO}m=application 0 RTP/AVP 107\r\na=control:meta\r\n${H264}a=control:track\r\n`;
    const server = await serve(answers({ DESCRIBE: { headers: DESCRIPTION, body } }));
    await expectPictures(server);
    expect(server.requests.filter(({ method }) => method === "SETUP").map(({ url }) => url)).toEqual([
      `rtsp://127.0.0.1:${server.port}/stream/track`,
    ]);
  });

  it("may not say what its video is", async () => {
    const server = await serve({ sdp: `${HEAD}m=video 0 RTP/AVP 96\r\n` });
    await expectPictures(server);
  });
});

describe("a server of RTSP that does not play", () => {
  it.each([
    [403, "unauthorized", "forbids it to this user"],
    [404, "connect-failed", "no such stream, or not now; is the path right?"],
    [453, "connect-failed", "no room for another viewer"],
    [500, "connect-failed", "the server refuses it"],
    [305, "connect-failed", "the server refuses it"],
  ])("says why: %i", async (status, code, said) => {
    const server = await serve(answers({ DESCRIBE: { status, headers: { Location: "rtsp://elsewhere/" } } }));
    const { error } = await play(server.url);
    expect(error).toMatchObject({ code, message: expect.stringContaining(said), details: { status } });
    expect(error?.message).toContain(`DESCRIBE was answered with ${status}`);
    expect(error?.message).not.toContain("hunter2");
  });

  it("is told where it refuses to play what it set up", async () => {
    const server = await serve(answers({ PLAY: { status: 455 } }));
    expect((await play(server.url)).error).toMatchObject({ code: "connect-failed", details: { status: 455 } });
    expect(server.methods.at(-1)).toBe("TEARDOWN");
  });

  it("is told where it refuses the password, for good", async () => {
    const server = await serve({ refusesEveryone: true });
    expect((await play(server.url)).error).toMatchObject({ code: "unauthorized", retryable: false });
  });

  it.each([
    [`${HEAD}${AUDIO}`, "unsupported", "there is no video in it, only audio"],
    [HEAD, "invalid-data", "names no stream"],
    ["", "invalid-data", "names no stream"],
    ["<html>Please log in</html>", "invalid-data", "names no stream"],
  ])("is told where it describes no video: %j", async (sdp, code, said) => {
    const server = await serve({ sdp });
    expect((await play(server.url)).error).toMatchObject({ code, message: expect.stringContaining(said) });
  });

  it("is told where it takes too long", async () => {
    const server = await serve(answers({ SETUP: "nothing" }));
    const { error } = await play(server.url, undefined, { connectTimeoutMs: 100 });
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("within 100 ms") });
  });
});

describe("a server of RTSP that sends us elsewhere", () => {
  const moved = (location: string): RtspServerOptions =>
    answers({ DESCRIBE: { status: 302, headers: { Location: location } } });

  it("is followed, with the password where it is the same host", async () => {
    const target = await serve();
    const first = await serve(moved(`rtsp://127.0.0.1:${target.port}/other?x=1`));
    target.onPlay = () => {};
    await play(`${first.url}?transport=tcp`, connected);
    expect(target.requests[0]?.url).toBe(`rtsp://127.0.0.1:${target.port}/other?x=1`);
    const guarded = await serve({ refusesEveryone: true });
    const second = await serve(moved(`rtsp://127.0.0.1:${guarded.port}/`));
    expect((await play(second.url)).error?.message).toContain("password refused");
  });

  it("gets no password for another host", async () => {
    const guarded = await serve({ refusesEveryone: true });
    const server = await serve(moved(`rtsp://localhost:${guarded.port}/`));
    expect((await play(server.url)).error?.message).toContain("wants a user name and a password");
    expect(guarded.requests.every(({ headers }) => headers.get("Authorization") === undefined)).toBe(true);
  });

  it("gets no password in the clear that was given for TLS", async () => {
    const guarded = await serve({ refusesEveryone: true });
    const server = await serve({ secure: true, ...moved(`rtsp://127.0.0.1:${guarded.port}/`) });
    const { error } = await play(`${server.url}?insecure=1`);
    expect(error?.message).toContain("wants a user name and a password");
  });

  it("is followed to a path", async () => {
    const server: ScriptedRtspServer = await serve({
      answer: ({ method, url }) =>
        method === "DESCRIBE" && url.endsWith("/stream") ? { status: 301, headers: { Location: "/live" } } : undefined,
    });
    await play(`${server.url}?transport=tcp`, connected);
    expect(server.requests[1]?.url).toBe(`rtsp://127.0.0.1:${server.port}/live`);
  });

  it("is followed while it plays", async () => {
    const target = await serve();
    const server = await serve();
    server.onPlay = async (client) => {
      await caughtUp(client);
      client.ask("REDIRECT", { Location: `rtsp://127.0.0.1:${target.port}/next` });
    };
    const run = await play(`${server.url}?transport=tcp`, ({ connected: all }) => all.length === 2);
    expect(run.connected[1]?.description).toContain("/next");
    expect(server.newest?.responses.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("is not followed in circles", async () => {
    const server = await serve(moved("/stream"));
    expect((await play(server.url)).error).toMatchObject({
      code: "connect-failed",
      message: expect.stringContaining("redirects more than 5 times"),
    });
    expect(server.requests).toHaveLength(6);
  });

  it.each(["http://127.0.0.1/", "nonsense", "//host/x", "rtsp://h:99999/"])(
    "is not followed to %s",
    async (location) => {
      const server = await serve(moved(location));
      expect((await play(server.url)).error).toMatchObject({
        code: "connect-failed",
        message: expect.stringContaining("which is no RTSP URL"),
      });
    },
  );
});

describe("video of a format that is not read here", () => {
  const sdp = `${HEAD}${AUDIO}m=video 0 RTP/AVP 97\r\na=rtpmap:97 MP4V-ES/90000\r\na=control:track\r\n`;

  it("goes to ffmpeg in the same run, and at once in later ones", async () => {
    const server = await serve({ sdp });
    let asked = 0;
    const ffmpeg = async (): Promise<string> => {
      asked++;
      return fixturePath("ffmpeg-that-is-not-there");
    };
    const source = openSource(server.url, sourceContext({ ffmpeg }));
    expect((await runSource(source)).error).toMatchObject({ code: "process-failed" });
    expect((await runSource(source)).error).toMatchObject({ code: "process-failed" });
    expect(asked).toBe(2);
    expect(server.methods).toEqual(["DESCRIBE"]);
  });

  it("is not chosen where there is some that is", async () => {
    const server = await serve({ sdp: `${sdp}${H264}a=control:second\r\n` });
    await expectPictures(server);
    expect(server.requests[1]?.url).toContain("/second");
  });
});
