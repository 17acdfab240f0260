import { parseArgs } from "node:util";

/** What benches take that measure one receiver at a time, and then many at once. */
export interface LoadOptions {
  /** How long each receiver is measured. */
  seconds: number;
  /** How long many are served at a time. */
  loadSeconds: number;
  /** Only what has one of these in its name. Default: all. */
  only: string[];
  /** Whether the tables go to docs/benchmarks.md. Default true. */
  write: boolean;
}

/** How one bench differs from another. */
export interface LoadDefaults {
  /** Printed for `--help`. */
  help: string;
  seconds: number;
  loadSeconds: number;
  /** The most of either. */
  mostSeconds: number;
}

/** Reads the command line; prints help and ends the process where that is asked for. */
export function readLoadOptions(args: string[], defaults: LoadDefaults): LoadOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      seconds: { type: "string", default: String(defaults.seconds) },
      "load-seconds": { type: "string", default: String(defaults.loadSeconds) },
      only: { type: "string", multiple: true, default: [] },
      write: { type: "boolean", default: true },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(defaults.help);
    process.exit();
  }
  const readSeconds = (option: "seconds" | "load-seconds"): number => {
    const seconds = Number(values[option]);
    if (seconds >= 1 && seconds <= defaults.mostSeconds) return seconds;
    throw new Error(`--${option} ${values[option]}: must be from 1 to ${defaults.mostSeconds}`);
  };
  const { only, write } = values;
  return { seconds: readSeconds("seconds"), loadSeconds: readSeconds("load-seconds"), only, write };
}
