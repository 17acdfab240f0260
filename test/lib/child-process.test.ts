import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type ChildProcess, startChildProcess } from "../../lib/child-process.js";
import { fixturePath } from "../support/fixture-path.js";
import { isRunning } from "../support/is-running.js";

const standIn = fixturePath("ffmpeg-stand-in");

function start(fault: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  let said = (): void => {};
  const firstLine = new Promise<void>((resolve) => {
    said = resolve;
  });
  const child: ChildProcess = startChildProcess({
    command: "env",
    args: [`STAND_IN_FAULT=${fault}`, standIn],
    signal,
    onStderrLine: (line) => {
      lines.push(line);
      said();
    },
  });
  return { child, lines, firstLine };
}

describe("startChildProcess", () => {
  it("tells how a child died, with its last words and without passwords", async () => {
    const { child } = start("crash");
    const exit = await child.exited;
    expect(exit).toEqual({ code: 3, signal: undefined });
    const failure = child.failure(exit);
    expect(failure.code).toBe("process-failed");
    expect(failure.message).toContain("exited with code 3: stand-in: cannot open tcp://user:***@host/");
    expect(JSON.stringify(failure.details)).not.toContain("hunter2");
  });

  it("shows a missing program as an exit", async () => {
    const child = startChildProcess({ command: "/nowhere/ffmpeg", args: [], signal: new AbortController().signal });
    const exit = await child.exited;
    expect(exit).toEqual({ code: undefined, signal: undefined });
    expect(child.failure(exit).message).toMatch(/^\/nowhere\/ffmpeg could not be started: .*ENOENT/);
  });

  it("ends a child that ignores SIGTERM", async () => {
    const abort = new AbortController();
    const { child, firstLine } = start("ignore-term", abort.signal);
    await firstLine;
    abort.abort();
    expect((await child.exited).signal).toBe("SIGKILL");
    expect(isRunning(child.pid as number)).toBe(false);
  });

  it("ends a child that was told so before it started", async () => {
    const { child } = start("silent", AbortSignal.abort());
    expect((await child.exited).signal).toBe("SIGTERM");
  });

  it.each(["signal", "kill"] as const)(
    "is done within 2 s of its %s with a script whose program goes on",
    async (way) => {
      const abort = new AbortController();
      const child = startChildProcess({
        command: fixturePath("rpicam-vid-wrapped"),
        args: ["--nopreview", "--timeout", "0", "--flush", "--output", "-"],
        signal: abort.signal,
      });
      await once(child.stdout, "data");
      const askedMs = performance.now();
      if (way === "kill") child.kill();
      else abort.abort();
      expect((await child.exited).signal).toBe(way === "kill" ? "SIGKILL" : "SIGTERM");
      expect(performance.now() - askedMs).toBeLessThan(2_000);
    },
  );

  it("hears a child's last words that come after it is gone, unless it was told to end", async () => {
    const script = "(while kill -0 $$; do :; done 2>/dev/null; echo late >&2) & echo early >&2";
    const child = startChildProcess({
      command: "sh",
      args: ["-c", script],
      signal: new AbortController().signal,
    });
    expect((await child.exited).code).toBe(0);
    expect(child.stderrTail()).toEqual(["early", "late"]);
  });

  it("keeps 200 lines of stderr at most, and of each line its beginning", async () => {
    const { child, lines } = start("flood");
    child.stdin.end();
    await child.exited;
    expect(lines).toHaveLength(5_000);
    const tail = child.stderrTail();
    expect(tail).toHaveLength(200);
    expect(tail.at(-1)).toHaveLength(2_000);
    expect(tail.at(-1)).toMatch(/^line 4999 /);
  });
});
