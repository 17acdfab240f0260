import { parseArgs } from "node:util";

/** What `npm run bench:rtsp -- …` takes. */
export interface RtspBenchOptions {
  /** How long each receiver is measured. Default 2. */
  seconds: number;
  /** How long each server is loaded at a time. Default 3. */
  loadSeconds: number;
  /** Only receivers and players whose names contain one of these. Default: all. */
  only: string[];
  /** Whether the tables go to docs/benchmarks.md. Default true. */
  write: boolean;
}

const HELP = `npm run bench:rtsp -- [--seconds 2] [--load-seconds 3] [--only NAME …] [--no-write]

--seconds N        how long each receiver is measured, after one second of warm-up
--load-seconds N   how long each server serves many clients, three times
--only NAME        only receivers and players whose names contain NAME; also: join, load tcp, load udp
--no-write         print only, leave docs/benchmarks.md as it is`;

/** Reads the command line; prints help and ends the process where that is asked for. */
export function readRtspOptions(args: string[]): RtspBenchOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      seconds: { type: "string", default: "2" },
      "load-seconds": { type: "string", default: "3" },
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
  if (!(seconds >= 1 && seconds <= 3600)) throw new Error(`--${option} ${text}: must be from 1 to 3600`);
  return seconds;
}
