import { describe, expect, it } from "vitest";
import { systemHost } from "../../../cli/service/service-host.js";

describe("systemHost", () => {
  it("tells what a program said and how it ended", async () => {
    const ended = await systemHost().run("sh", ["-c", "echo done; echo why >&2; exit 3"]);
    expect(ended).toEqual({ code: 3, stdout: "done", stderr: "why" });
  });

  it("tells that a program cannot be run", async () => {
    const { code, stderr } = await systemHost().run("/nowhere/systemctl", ["daemon-reload"]);
    expect([code, stderr]).toEqual([undefined, expect.stringContaining("/nowhere/systemctl")]);
  });
});
