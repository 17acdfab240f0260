import { describe, expect, it } from "vitest";
import { type SignalFacts, signalOf } from "../../viewer/play/signal.js";
import { cameraInfo } from "./support/camera-info.js";

const GOOD: SignalFacts = {
  ...{ nowMs: 10_000, camera: cameraInfo(), lastPictureMs: 9_967, isLinked: true, linkRetries: 0 },
  ...{ reason: undefined, failures: 0 },
};
const lost = cameraInfo({ state: "lost", reason: "rpicam-vid: no camera", retries: 3 });

describe("signalOf", () => {
  it.for<[name: string, changes: Partial<SignalFacts>, expected: ReturnType<typeof signalOf>]>([
    ["pictures come", {}, { name: "good" }],
    ["pictures come without the server's words", { isLinked: false, linkRetries: 2 }, { name: "good" }],
    ["a short pause", { lastPictureMs: 9_100 }, { name: "good" }],
    ["a slow camera's pause", { camera: cameraInfo({ fps: 0.5 }), lastPictureMs: 4_500 }, { name: "good" }],
    ["nothing yet", { lastPictureMs: undefined }, { name: "connecting" }],
    [
      "a camera that begins",
      { camera: cameraInfo({ state: "starting" }), lastPictureMs: undefined },
      { name: "connecting" },
    ],
    [
      "a camera that was lost just now, whose last picture is fresh",
      { camera: lost },
      { name: "none", reason: "rpicam-vid: no camera", retries: 3 },
    ],
    [
      "the server is away",
      { isLinked: false, linkRetries: 4, lastPictureMs: 1_000, reason: "the WebSocket was closed", failures: 2 },
      { name: "none", reason: "the server cannot be reached", retries: 4 },
    ],
    [
      "what the server said of the camera before it went away",
      { isLinked: false, linkRetries: 1, camera: lost, lastPictureMs: 1_000 },
      { name: "none", reason: "the server cannot be reached", retries: 1 },
    ],
    [
      "the transport fails",
      { lastPictureMs: undefined, reason: "the WebRTC connection failed", failures: 2 },
      { name: "none", reason: "the WebRTC connection failed", retries: 2 },
    ],
    ["pictures stopped", { lastPictureMs: 8_500 }, { name: "none", reason: "no more pictures come", retries: 0 }],
  ])("%s", ([, changes, expected]) => {
    expect(signalOf({ ...GOOD, ...changes })).toEqual(expected);
  });
});
