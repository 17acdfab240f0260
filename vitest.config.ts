import { defineConfig } from "vitest/config";

const PEERS = "test/peers/**/*.test.ts";
const ISOLATED = "test/**/*.isolated.test.ts";

const quick = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  maxWorkers: 2,
  // As many of a file's concurrent tests as two cores can serve in time.
  maxConcurrency: 3,
  // What a test changed is put back before the next one, which may be another file's.
  unstubEnvs: true,
  restoreMocks: true,
};

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
        // Peer tests share ports, a display and two cores with programs that measure time: one file after another.
        test: { name: "peers", include: [PEERS], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1 },
      },
    ],
  },
});
