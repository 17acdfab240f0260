import { describe, expect, it } from "vitest";
import { type StreamState, StreamStatus } from "../../server/stream-status.js";

describe("StreamStatus", () => {
  it("tells each change once, and counts the tries that failed since the pictures stopped", () => {
    const status = new StreamStatus(() => "test picture");
    const told: StreamState[] = [];
    status.on("change", (state) => told.push(state));
    expect(status.state).toEqual({ name: "starting" });
    status.live();
    status.live();
    status.lost("no picture for 2 s");
    status.lost("no such device");
    status.live();
    status.lost("it exited");
    expect(told).toEqual([
      { name: "live" },
      { name: "lost", reason: "no picture for 2 s", retries: 1 },
      { name: "lost", reason: "no such device", retries: 2 },
      { name: "live" },
      { name: "lost", reason: "it exited", retries: 1 },
    ]);
    expect(status.description).toBe("test picture");
  });
});
