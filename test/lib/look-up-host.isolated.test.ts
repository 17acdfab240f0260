import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { silentLogger } from "../../lib/logger.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { Hub } from "../../server/hub.js";
import { openOutput } from "../../server/outputs/index.js";
import { StreamStatus } from "../../server/stream-status.js";

const resolver = vi.hoisted(() => ({ lookup: vi.fn() }));
vi.mock("node:dns/promises", () => resolver);

describe("lookUpHost", () => {
  afterEach(() => resolver.lookup.mockReset());

  it("gives what the system finds", async () => {
    resolver.lookup.mockResolvedValue({ address: "192.0.2.1", family: 4 });
    expect(await lookUpHost("camera", new AbortController().signal)).toEqual({ address: "192.0.2.1", family: 4 });
  });

  it("does not begin once it is aborted", async () => {
    await expect(lookUpHost("camera", AbortSignal.abort())).rejects.toThrow("aborted");
    expect(resolver.lookup).not.toHaveBeenCalled();
  });

  it.each(["udp://camera:5000", "tcp://camera:0"])("keeps no output from ending: %s", async (url) => {
    resolver.lookup.mockReturnValue(new Promise(() => {}));
    const stop = new AbortController();
    const ready = vi.fn();
    const warning = vi.fn();
    const status = new StreamStatus(() => "a camera");
    const context = { clock: systemClock, logger: silentLogger, gop: new Hub().gop, status, ready, warning };
    const ended = openOutput(url).run(context, stop.signal);
    await vi.waitFor(() => expect(resolver.lookup).toHaveBeenCalledWith("camera"));
    stop.abort();
    await ended;
    expect([ready, warning].map(({ mock }) => mock.calls)).toEqual([[], []]);
  });
});
