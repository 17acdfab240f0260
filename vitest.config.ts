import { defineConfig } from "vitest/config";

const PEERS = "test/peers/**/*.test.ts";
/** They boot machines and wait for them: long, with little work for the processor. Beside them others can run. */
const MACHINE_PEERS = ["test/peers/systemd.test.ts"];
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

// CI's machine is shared with strangers, and these play in real time: what fails there is tried once more, and told.
const retry = process.env.CI === "true" ? 1 : 0;
const slow = { testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1, retry };

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
        // They play in real time, share ports and a display, and measure what comes: one file after another.
        test: { name: "peers", include: [PEERS], exclude: [...MACHINE_PEERS, ...OPENCV_PEERS], ...slow },
      },
      { test: { name: "machine-peers", include: MACHINE_PEERS, ...slow } },
      { test: { name: "opencv-peers", include: OPENCV_PEERS, ...slow } },
    ],
  },
});
