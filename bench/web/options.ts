import { type LoadOptions, readLoadOptions } from "../load-options.js";

/** The parts of the bench, by which `--only` chooses. */
export const PARTS = ["painting", "first pictures", "telemetry", "viewers websocket", "viewers whep"] as const;

const HELP = `npm run bench:web -- [--seconds 5] [--load-seconds 10] [--only PART …] [--no-write]

--seconds N        how long each transport is shown, after one second of warm-up
--load-seconds N   how long many viewers are counted
--only PART        only parts whose names contain PART: ${PARTS.join(", ")}
--no-write         print only, leave docs/benchmarks.md as it is`;

/** What `npm run bench:web -- …` takes; above 30 seconds each it would not end within its time. */
export function readWebOptions(args: string[]): LoadOptions {
  return readLoadOptions(args, { help: HELP, seconds: 5, loadSeconds: 10, mostSeconds: 30 });
}
