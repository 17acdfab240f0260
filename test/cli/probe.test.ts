import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Sender } from "../../server/index.js";
import { isRunning } from "../support/is-running.js";
import { descendantsOf, startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

const spread = { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) };

describe("glasslink probe", () => {
  let sender: Sender;
  let url: string;
  beforeAll(async () => {
    sender = new Sender({
      camera: { kind: "pattern", width: 320, height: 240 },
      outputs: ["tcp://127.0.0.1:0"],
    });
    await sender.ready;
    url = sender.outputs[0]?.url as string;
  });
  afterAll(() => sender.close());

  it("prints one JSON object with the stream's figures", async () => {
    const { code, stdout, stderr } = await runHere(["probe", url, "--frames", "20", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(
      "url codec width height frames fps firstFrameMs latencyMs decodeMs lost dropped restarts".split(" "),
    );
    expect(result).toEqual({
      ...{ url, codec: "h264", width: 320, height: 240, frames: 20, fps: expect.any(Number) },
      ...{ firstFrameMs: expect.any(Number), latencyMs: spread, decodeMs: spread },
      ...{ lost: 0, dropped: expect.any(Number), restarts: 0 },
    });
    expect(result.firstFrameMs).toBeGreaterThan(0);
    expect(result.latencyMs.p50).toBeLessThan(1_000);
  });

  it("says the same in a few lines for people", async () => {
    const { code, stdout, stderr } = await runHere(["probe", url, "--frames", "10"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^tcp:.*\nformat +h264 320x240\nframes +\d+ in \d+\.\d s, [\d.]+ fps\nfirst frame +after \d+ ms/,
    );
    expect(stdout.split("\n")).toHaveLength(8);
  });

  it("tells why nothing came, in one line", async () => {
    const { code, stdout, stderr } = await runHere(["probe", "tcp://127.0.0.1:1", "--seconds", "0.3", "--json"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^glasslink: no frame in 0\.\d s: tcp:\/\/127\.0\.0\.1:1: .*refused.*\n$/);
  });

  it.each([
    { wrong: "tcp://127.0.0.1:99999", names: "port 99999 is not allowed; 0 to 65535 is" },
    { wrong: "tcp://", names: "names no host" },
    { wrong: "tcp://127.0.0.1:8000?fromat=ts", names: 'parameter "fromat" is unknown; allowed: listen, format' },
    { wrong: "udp://239.1.1.1:5000?interface=nope0", names: 'interface "nope0" does not exist' },
  ])("names what is wrong with $wrong", async ({ wrong, names }) => {
    const { code, stderr } = await runHere(["probe", wrong, "--seconds", "5"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^glasslink: .*\n$/);
    expect(stderr).toContain(names);
  });

  it("refuses a hardware decoder that cannot be one, and names what is allowed", async () => {
    const { code, stderr } = await runHere(["probe", url, "--hwaccel", "a b"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('hwaccel = "a b": must be auto, none, or')]);
  });

  it("shows no password", async () => {
    const secret = "rtsp://admin:hunter2@127.0.0.1:1/stream?token=hunter3";
    const { code, stdout, stderr } = await runHere(["probe", secret, "--seconds", "0.7", "--log-level", "debug"]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("admin:***@127.0.0.1:1");
    expect(stdout + stderr).not.toMatch(/hunter/);
  });

  it("ends with code 143 on SIGTERM and leaves no child", async () => {
    await using cli = startCli(["probe", url, "--seconds", "60"]);
    const pid = cli.process.pid as number;
    const children = await vi.waitFor(
      async () => {
        const found = await descendantsOf(pid);
        if (found.length === 0) throw new Error("no decoder yet");
        return found;
      },
      { timeout: 25_000 },
    );
    cli.process.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 143, signal: null, stderr: "" });
    expect(children.filter(isRunning)).toEqual([]);
  });
});
