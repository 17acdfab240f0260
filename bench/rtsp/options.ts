import { type LoadOptions, readLoadOptions } from "../load-options.js";

const HELP = `npm run bench:rtsp -- [--seconds 2] [--load-seconds 3] [--only NAME …] [--no-write]

--seconds N        how long each receiver is measured, after one second of warm-up
--load-seconds N   how long each server serves many clients, three times
--only NAME        only receivers and players whose names contain NAME; also: join, load tcp, load udp
--no-write         print only, leave docs/benchmarks.md as it is`;

/** What `npm run bench:rtsp -- …` takes. */
export function readRtspOptions(args: string[]): LoadOptions {
  return readLoadOptions(args, { help: HELP, seconds: 2, loadSeconds: 3, mostSeconds: 3_600 });
}
