import { parseArgs } from "node:util";

/** What `npm run bench:web -- …` takes. */
export interface WebBenchOptions {
  /** How long each transport is shown. Default 5. */
  seconds: number;
  /** How long many viewers are counted at a time. Default 10. */
  loadSeconds: number;
  /** Only parts whose names contain one of these. Default: all. */
  only: string[];
  /** Whether the tables go to docs/benchmarks.md. Default true. */
  write: boolean;
}

/** The parts of the bench, by which `--only` chooses. */
export const PARTS = ["painting", "first pictures", "telemetry", "viewers websocket", "viewers whep"] as const;

const HELP = `npm run bench:web -- [--seconds 5] [--load-seconds 10] [--only PART …] [--no-write]

--seconds N        how long each transport is shown, after one second of warm-up
--load-seconds N   how long many viewers are counted
--only PART        only parts whose names contain PART: ${PARTS.join(", ")}
--no-write         print only, leave docs/benchmarks.md as it is`;

/** Above that the bench would not end within its time. */
const MOST_SECONDS = 30;

/** Reads the command line; prints help and ends the process where that is asked for. */
export function readWebOptions(args: string[]): WebBenchOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      seconds: { type: "string", default: "5" },
      "load-seconds": { type: "string", default: "10" },
      only: { type: "string", multiple: true, default: [] },
      write: { type: "boolean", default: true },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit();
  }
  return {
    seconds: readSeconds("seconds", values.seconds),
    loadSeconds: readSeconds("load-seconds", values["load-seconds"]),
    only: values.only,
    write: values.write,
  };
}

function readSeconds(option: string, text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= MOST_SECONDS)) {
    throw new Error(`--${option} ${text}: must be from 1 to ${MOST_SECONDS}`);
  }
  return seconds;
}
