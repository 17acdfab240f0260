import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { RtspKeepalive } from "../../../lib/rtsp/client-keepalive.js";
import { openSource } from "../../../lib/sources/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { sourceContext } from "../../support/run-source.js";
import { serve } from "./rtsp-stage.js";

describe("signs of life", () => {
  interface Asked {
    method: string;
    timeoutMs: number | undefined;
  }

  function begin(answers: { status?: number; headers?: Record<string, string> }[], timeoutMs = 60_000) {
    const clock = new FakeClock();
    const asked: Asked[] = [];
    let forgotten = 0;
    const connection = {
      session: { id: "1", timeoutMs },
      request: async (method: string, _url: string, options: { timeoutMs?: number }) => {
        asked.push({ method, timeoutMs: options.timeoutMs });
        const { status = 200, headers = {} } = answers.shift() ?? {};
        return { status, headers: { all: (name: string) => (headers[name] ? [headers[name]] : []) } };
      },
    };
    const keepalive = new RtspKeepalive({
      ...{ connection: connection as never, url: "rtsp://host/stream", clock },
      onForgotten: () => {
        forgotten++;
      },
    });
    const pass = async (milliseconds: number): Promise<string[]> => {
      const before = asked.length;
      clock.advance(milliseconds);
      await setImmediate();
      return asked.slice(before).map(({ method }) => method);
    };
    return { clock, keepalive, pass, forgotten: () => forgotten };
  }

  const PUBLIC = { Public: "OPTIONS, GET_PARAMETER , PLAY" };

  it("are OPTIONS first, and GET_PARAMETER where that is known, within the session's time", async () => {
    const { pass } = begin([{ headers: PUBLIC }], 60_000);
    expect(await pass(9_999)).toEqual([]);
    expect(await pass(1)).toEqual(["OPTIONS"]);
    expect(await pass(27_000)).toEqual(["GET_PARAMETER"]);
    expect(await pass(27_000)).toEqual(["GET_PARAMETER"]);
  });

  it("stay OPTIONS where nothing else is known, or where GET_PARAMETER is refused", async () => {
    const plain = begin([{ headers: { Public: "OPTIONS, SET_PARAMETER, XGET_PARAMETER" } }], 10_000);
    expect(await plain.pass(20_000)).toEqual(Array(4).fill("OPTIONS"));
    const refusing = begin([{ headers: PUBLIC }, { status: 501 }, { headers: PUBLIC }], 10_000);
    const methods = [];
    for (let time = 0; time < 4; time++) methods.push(...(await refusing.pass(4_500)));
    expect(methods).toEqual(["OPTIONS", "GET_PARAMETER", "OPTIONS", "OPTIONS"]);
  });

  it("tell that the session is forgotten", async () => {
    const { pass, forgotten } = begin([{}, { status: 454 }], 10_000);
    await pass(4_500);
    expect(forgotten()).toBe(0);
    await pass(4_500);
    expect(forgotten()).toBe(1);
  });

  it("end with the session", async () => {
    const { clock, keepalive, pass } = begin([]);
    keepalive.close();
    expect(await pass(100_000)).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it("go to the server, with the session's number", async () => {
    const clock = new FakeClock();
    const server = await serve();
    const end = new AbortController();
    const source = openSource(`${server.url}?transport=tcp`, sourceContext({ clock }));
    const sink = { connected: () => clock.advance(10_000), bytes: () => {} } as never;
    const run = source.run(sink, end.signal);
    await expect.poll(() => server.methods.at(-1)).toBe("OPTIONS");
    expect(server.requests.at(-1)?.headers.get("Session")).toBe("1");
    end.abort();
    await run;
  });
});
