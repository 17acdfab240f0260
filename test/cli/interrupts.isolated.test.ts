import { afterEach, describe, expect, it, vi } from "vitest";
import { Interrupts } from "../../cli/interrupts.js";

/** What the first signal and another one after so many milliseconds lead to. */
function interrupt(second: NodeJS.Signals, afterMs: number): { interrupts: Interrupts; exits: unknown[] } {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000);
  using interrupts = new Interrupts();
  process.emit("SIGINT", "SIGINT");
  now.mockReturnValue(1_000 + afterMs);
  process.emit(second, second);
  return { interrupts, exits: exit.mock.calls };
}

describe("Interrupts", () => {
  afterEach(() => vi.restoreAllMocks());

  it("aborts on the first signal, and remembers its exit code", () => {
    const { interrupts } = interrupt("SIGTERM", 100);
    expect([interrupts.signal.aborted, interrupts.exitCode]).toEqual([true, 130]);
  });

  it("takes a second one right after the first for the same", () => {
    expect(interrupt("SIGINT", 100).exits).toEqual([]);
  });

  it("ends the process at once on a later one", () => {
    expect(interrupt("SIGTERM", 600).exits).toEqual([[143]]);
  });

  it("leaves no listener behind", () => {
    const before = process.listenerCount("SIGINT");
    interrupt("SIGINT", 0);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  it.each(["EPIPE", "EIO"])("aborts without a failure when stdout is gone (%s)", (code) => {
    using interrupts = new Interrupts();
    process.stdout.emit("error", Object.assign(new Error(code), { code }));
    expect([interrupts.signal.aborted, interrupts.exitCode]).toEqual([true, 0]);
  });

  it("bears that stderr is gone, and either of them after the command", () => {
    const interrupts = new Interrupts();
    process.stderr.emit("error", new Error("EPIPE"));
    expect(interrupts.signal.aborted).toBe(false);
    interrupts[Symbol.dispose]();
    const error = Object.assign(new Error("EPIPE"), { code: "EPIPE" });
    expect([process.stderr.emit("error", error), process.stdout.emit("error", error)]).toEqual([true, true]);
  });
});
