import { describe, expect, it } from "vitest";
import { openSource } from "../../../lib/sources/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeJpegs } from "../../support/make-jpegs.js";
import { fingerprints } from "../../support/recording-sink.js";
import { runSource, sourceContext } from "../../support/run-source.js";
import { caughtUp, connected, count, pictures, play, sendWhenPlayed, serve } from "./rtsp-stage.js";

describe("what a server of RTSP is asked", () => {
  it("is a description, one track, to play, and to end", async () => {
    const server = await serve();
    const run = await play(`${server.url}?transport=tcp`, connected);
    const url = `rtsp://127.0.0.1:${server.port}/stream`;
    expect(run.error).toBeUndefined();
    expect(server.requests.map((request) => `${request.method} ${request.url}`)).toEqual([
      `DESCRIBE ${url}`,
      `SETUP ${url}/track`,
      `PLAY ${url}`,
      `TEARDOWN ${url}`,
    ]);
    const [describe, setup, play_, teardown] = server.requests;
    expect(describe?.headers.get("Accept")).toBe("application/sdp");
    expect(setup?.headers.get("Transport")).toBe("RTP/AVP/TCP;unicast;interleaved=0-1");
    expect(play_?.headers.get("Range")).toBe("npt=0.000-");
    expect([setup, play_, teardown].map((request) => request?.headers.get("Session"))).toEqual([undefined, "1", "1"]);
    expect(run.connected).toEqual([{ sameClock: true, description: `${url} (h264 by tcp)` }]);
  });

  it("holds every parameter of the URL as it is written, but for ours", async () => {
    const server = await serve();
    await play(`${server.url}?b=%20%2f&transport=tcp&=&a&insecure=1&transports=x`, connected);
    expect(server.requests[0]?.url).toBe(`rtsp://127.0.0.1:${server.port}/stream?b=%20%2f&=&a&transports=x`);
    expect(server.requests[1]?.url).toBe(`rtsp://127.0.0.1:${server.port}/stream?b=%20%2f&=&a&transports=x/track`);
  });

  it("goes by TLS where the URL says so", async () => {
    const server = await serve({ secure: true });
    sendWhenPlayed(server, await pictures());
    expect((await play(`${server.url}?transport=tcp`, connected)).error).toMatchObject({
      code: "connect-failed",
      message: expect.stringContaining("?insecure=1"),
    });
    const run = await play(`${server.url}?insecure=1&transport=tcp`, count(20));
    expect(run.units).toHaveLength(20);
  });

  it("leaves nothing behind when it is ended before it plays", async () => {
    for (const silent of ["DESCRIBE", "SETUP", "PLAY"]) {
      const end = new AbortController();
      const server = await serve({
        answer: ({ method }) => {
          if (method === silent) end.abort();
          return method === silent ? "nothing" : undefined;
        },
      });
      const sink = { connected: () => expect.unreachable() } as never;
      await openSource(server.url, sourceContext()).run(sink, end.signal);
      await expect.poll(() => server.clients.size).toBe(0);
      expect(server.methods.includes("TEARDOWN")).toBe(silent === "PLAY");
    }
  });
});

describe.each(["udp", "tcp", "multicast"])("RTP by %s", (transport) => {
  it.each(["h264", "h265"] as const)("gives every picture of %s as it was sent", async (codec) => {
    const units = await pictures(codec);
    const server = await serve({ codec });
    sendWhenPlayed(server, units);
    const run = await play(`${server.url}?transport=${transport}`, count(20));
    expect(run.error).toBeUndefined();
    expect(fingerprints(run.units)).toEqual(fingerprints(units));
    expect(run).toMatchObject({ lost: 0, discarded: 0 });
    expect(run.connected).toMatchObject([{ description: expect.stringContaining(`(${codec} by ${transport})`) }]);
    expect(run.units.map(({ keyframe }) => keyframe)).toEqual(units.map(({ keyframe }) => keyframe));
    const steps = run.units
      .slice(1)
      .map((unit, index) => (unit.mediaTimeMs ?? 0) - (run.units[index]?.mediaTimeMs ?? 0));
    expect(steps.map(Math.round)).toEqual(Array(19).fill(33));
  });
});

describe("RTP of JPEG", () => {
  it("gives every picture", async () => {
    const files = await makeJpegs({ width: 320, height: 240, frames: 3 });
    const jpegs = files.map((data) => ({ codec: "mjpeg" as const, data, keyframe: true, receivedAtMs: 0 }));
    const server = await serve({ codec: "mjpeg" });
    sendWhenPlayed(server, jpegs);
    const run = await play(server.url, count(3));
    expect(run.units.map(({ codec, keyframe }) => ({ codec, keyframe }))).toEqual(
      Array(3).fill({ codec: "mjpeg", keyframe: true }),
    );
  });
});

describe("the choice of a transport", () => {
  it.each([461, 403, 500])("is TCP where the server refuses UDP, on the same connection: %i", async (status) => {
    const server = await serve({
      answer: ({ method, headers }) => {
        const isUdp = method === "SETUP" && !headers.get("Transport")?.includes("TCP");
        return isUdp ? { status } : undefined;
      },
    });
    sendWhenPlayed(server, await pictures());
    const run = await play(server.url, count(20));
    expect(run.units).toHaveLength(20);
    expect(server.methods).toEqual(["DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"]);
  });

  it.each(["hangs up", "resets"])("is TCP where the server %s on UDP", async (how) => {
    const server = await serve({
      answer: ({ method, headers }, { socket }) => {
        if (method !== "SETUP" || headers.get("Transport")?.includes("TCP")) return undefined;
        if (how === "resets") socket.resetAndDestroy();
        return "hang-up";
      },
    });
    sendWhenPlayed(server, await pictures());
    expect((await play(server.url, count(20))).units).toHaveLength(20);
  });

  it("is only TCP with TLS, so that nobody else sees the picture", async () => {
    const server = await serve({ secure: true });
    sendWhenPlayed(server, await pictures());
    const run = await play(`${server.url}?insecure=1`, count(20));
    expect(run.connected).toMatchObject([{ description: expect.stringContaining("by tcp") }]);
    expect(server.methods).toEqual(["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
  });

  it("is only what the URL says, where it says it", async () => {
    const server = await serve({ answer: ({ method }) => (method === "SETUP" ? { status: 461 } : undefined) });
    for (const transport of ["udp", "tcp", "multicast"]) {
      const run = await play(`${server.url}?transport=${transport}`);
      expect(run.error).toMatchObject({ code: "connect-failed", details: { status: 461 } });
    }
    expect(server.methods.filter((method) => method === "SETUP")).toHaveLength(3);
  });

  it("is the server's, where it answers with another one than asked for", async () => {
    const server = await serve({
      answer: ({ method }, client) => {
        if (method !== "SETUP") return undefined;
        client.transport = { protocol: "tcp", multicast: false, interleaved: [6, 7] };
        return { headers: { Session: "1", Transport: "RTP/AVP/TCP;unicast;interleaved=6-7" } };
      },
    });
    sendWhenPlayed(server, await pictures());
    expect((await play(server.url, count(20))).units).toHaveLength(20);
  });

  it("becomes TCP where nothing comes by UDP, in the same run, and stays so in later ones", async () => {
    const clock = new FakeClock();
    const told: string[] = [];
    const info = (_details: object, message: string): void => void told.push(message);
    const context = sourceContext({ clock, logger: { ...sourceContext().logger, info } });
    const server = await serve();
    const units = await pictures();
    server.onPlay = async (client) => {
      if (client.transport?.protocol === "udp") {
        await caughtUp(client);
        return clock.advance(1_500);
      }
      for (const [index, unit] of units.entries()) server.send(unit, index * 33);
    };
    const source = openSource(server.url, context);
    const run = await runSource(source, count(20));
    expect(run.error).toBeUndefined();
    expect(fingerprints(run.units)).toEqual(fingerprints(units));
    expect(run.connected.map(({ description }) => description.replace(/.* by /, ""))).toEqual(["tcp)"]);
    expect(told).toEqual([expect.stringContaining("nothing came by UDP within 1.5 s")]);
    const later = await runSource(source, count(20));
    expect(later.connected).toMatchObject([{ description: expect.stringContaining("tcp") }]);
    expect(clock.waiting).toBe(0);
  });
});

describe("UDP that loses something of every keyframe", () => {
  it("gives way to TCP in the next run", async () => {
    const clock = new FakeClock();
    const [, ...rest] = await pictures();
    const server = await serve();
    server.onPlay = async (client) => {
      await caughtUp(client);
      for (const [index, unit] of rest.entries()) if (!unit.keyframe) server.send(unit, index * 33);
    };
    const source = openSource(server.url, sourceContext({ clock }));
    const seen = await runSource(source, ({ units }) => {
      if (units.length === 5) clock.advance(600);
      return units.length === 5;
    });
    expect(seen.connected).toMatchObject([{ description: expect.stringContaining("udp") }]);
    const later = await runSource(source, count(5));
    expect(later.connected).toMatchObject([{ description: expect.stringContaining("tcp") }]);
  });
});

describe("packets by UDP", () => {
  it("count only where they come from the server's ports", async () => {
    const units = await pictures();
    const server = await serve();
    server.onPlay = async (client) => {
      const told = [...client.sockets];
      await client.openSockets();
      client.sockets.reverse();
      server.send(units[0] as never, 0);
      client.sockets = told;
      for (const [index, unit] of units.slice(10).entries()) server.send(unit, index * 33);
    };
    const run = await play(`${server.url}?transport=udp`, count(10));
    expect(fingerprints(run.units)).toEqual(fingerprints(units.slice(10)));
  });

  it("open the way through a firewall", async () => {
    const server = await serve();
    await play(`${server.url}?transport=udp`, () => (server.newest?.rtp.length ?? 0) > 0);
    sendWhenPlayed(server, await pictures());
    await play(`${server.url}?transport=udp`, count(20));
    expect(server.newest?.rtp[0]?.[0]).toBe(0x80);
    expect(server.newest?.rtcp[0]?.readUInt8(1)).toBe(201);
  });
});

describe("an RTSP URL", () => {
  it.each([
    ["rtsp://:554/x", "names no host"],
    ["rtsp://host/x?transport=sctp", 'transport "sctp" is unknown; allowed: udp, tcp, multicast'],
    ["rtsp://host/x?transport=tcp&transport=udp", 'parameter "transport" is given twice'],
    ["rtsps://host/x?insecure=yes", "insecure=yes is not allowed; it must be 0 or 1"],
    ["rtsp://host:99999/x", "99999"],
  ])("%s is refused", (url, said) => {
    expect(() => openSource(url, sourceContext())).toThrow(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining(said) }),
    );
  });
});
