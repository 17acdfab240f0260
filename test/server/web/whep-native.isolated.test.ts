import { expect, it, vi } from "vitest";
import { makeOffer } from "../webrtc/make-offer.js";
import { WhepStage } from "./support/whep-stage.js";

vi.mock("node-datachannel", () => {
  throw new Error("Cannot find module\nRequire stack");
});

it("says why where the machine has no WebRTC, and serves the rest", async () => {
  await using stage = await WhepStage.set();
  stage.liveCamera();
  const { status, body } = await stage.offer(makeOffer());
  expect([status, body]).toEqual([
    501,
    expect.stringMatching(/^WebRTC needs node-datachannel, which cannot be loaded/),
  ]);
  expect((await stage.ask("/whep/left", { method: "OPTIONS" })).status).toBe(204);
});
