import { defineConfig } from "vitest/config";

const PEERS = "test/peers/**/*.test.ts";
/** Peer tests that measure how late something comes, or what gets through in time: nothing may run beside them. */
const TIMED_PEERS = [
  ...["android-gstreamer", "android-rpi-camera-viewer", "broken-network", "chunked-udp-network", "gateway-network"],
  ...["ingest-aiortc", "janus", "lossy-network", "mjpeg-chromium", "mjpeg-http", "paused-client", "rtsp-bad-network"],
  ...["rtsp-trouble", "slow-network", "whep-chromium"],
].map((name) => `test/peers/${name}.test.ts`);
/** Those that need the optional OpenCV module, which takes minutes to build. */
const OPENCV_PEERS = ["test/peers/example-*.test.ts"];
const ISOLATED = "test/**/*.isolated.test.ts";

const quick = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // One more than CI has cores: many tests wait for a process or for a picture.
  maxWorkers: 3,
  // As many of a file's concurrent tests as two cores can serve in time.
  maxConcurrency: 3,
  // What a test changed is put back before the next one, which may be another file's.
  unstubEnvs: true,
  restoreMocks: true,
};

const slow = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        // Files that share a process, and so load what they test only once.
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [PEERS, ISOLATED], isolate: false, ...quick },
      },
      {
        // Files that mock modules or count what the whole process has: each in a process of its own.
        test: { name: "isolated", include: [ISOLATED], ...quick },
      },
      {
        // They wait for others most of the time.
        test: {
          ...{ name: "peers", include: [PEERS], exclude: [...TIMED_PEERS, ...OPENCV_PEERS] },
          ...{ ...slow, maxWorkers: 2, sequence: { groupOrder: 1 } },
        },
      },
      { test: { name: "opencv-peers", include: OPENCV_PEERS, ...slow, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      { test: { name: "timed-peers", include: TIMED_PEERS, ...slow, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
