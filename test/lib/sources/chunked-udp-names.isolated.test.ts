import { describe, expect, it, vi } from "vitest";
import { open, ScriptedServer } from "./chunked-udp-stage.js";

const resolver = vi.hoisted(() => ({ lookup: vi.fn() }));
vi.mock("node:dns/promises", () => resolver);

describe("the source of chunked UDP, given a name", () => {
  it("tries another address of it after each failure", async () => {
    const addresses = [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    resolver.lookup.mockResolvedValue(addresses);
    const server = await ScriptedServer.open();
    const { source, done, sink } = open(`chunked-udp://camera:${server.port}`);
    expect(await done).toMatchObject({ code: "connect-failed", message: expect.stringContaining("refused") });
    const end = new AbortController();
    const second = source.run(sink, end.signal);
    expect(await server.next()).toBe("REGISTER_CLIENT jpeg");
    end.abort();
    await second;
  });

  it("waits for the search no longer than for a connection", async () => {
    resolver.lookup.mockReturnValue(new Promise(() => {}));
    const { clock, done, close } = open("chunked-udp://camera");
    clock.advance(10_000);
    expect(await done).toMatchObject({ code: "connect-failed", message: expect.stringContaining("no answer within") });
    expect(await close()).toMatchObject({ code: "connect-failed" });
  });

  it("says that there is no such host", async () => {
    resolver.lookup.mockRejectedValue(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
    const message = "chunked-udp://camera:9999: no such host";
    expect(await open("chunked-udp://camera").done).toMatchObject({ code: "connect-failed", message });
  });
});
