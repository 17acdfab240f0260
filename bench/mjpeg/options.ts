import { type LoadOptions, readLoadOptions } from "../load-options.js";

const HELP = `npm run bench:mjpeg -- [--seconds 5] [--load-seconds 10] [--only NAME …] [--no-write]

--seconds N        how long each receiver is measured, after one second of warm-up
--load-seconds N   how long a network that loses datagrams is used, and how long many clients are served
--only NAME        only receivers whose names contain NAME; also: loss (needs root), clients
--no-write         print only, leave docs/benchmarks.md as it is`;

/** What `npm run bench:mjpeg -- …` takes. */
export function readMjpegOptions(args: string[]): LoadOptions {
  return readLoadOptions(args, { help: HELP, seconds: 5, loadSeconds: 10, mostSeconds: 3_600 });
}
