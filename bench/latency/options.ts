import { parseArgs } from "node:util";
import type { Size } from "../clip/make-clip.js";

/** What `npm run bench:latency -- …` takes. */
export interface LatencyOptions {
  /** How long each receiver is measured. Default 3. */
  seconds: number;
  /** Default 640x480 and 1920x1080. */
  sizes: Size[];
  /** Only receivers whose names contain one of these. Default: all. */
  only: string[];
  /** Whether the tables go to docs/benchmarks.md. Default true. */
  write: boolean;
}

const SIZES = ["640x480", "1920x1080"];
const HELP = `npm run bench:latency -- [--seconds 3] [--size 640x480 --size 1920x1080] [--only NAME …] [--no-write]

--seconds N   how long each receiver is measured, after one second of warm-up
--size WxH    picture size; may be given several times
--only NAME   only receivers whose names contain NAME, and neither reconnect nor slow consumers
--no-write    print only, leave docs/benchmarks.md as it is`;

/** Reads the command line; prints help and ends the process where that is asked for. */
export function readLatencyOptions(args: string[]): LatencyOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      seconds: { type: "string", default: "3" },
      size: { type: "string", multiple: true, default: SIZES },
      only: { type: "string", multiple: true, default: [] },
      write: { type: "boolean", default: true },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit();
  }
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= 3600)) throw new Error(`--seconds ${values.seconds}: must be from 1 to 3600`);
  return { seconds, sizes: values.size.map(parseSize), only: values.only, write: values.write };
}

function parseSize(text: string): Size {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  // GStreamer pads rows to 4 bytes; none is padded then.
  const fits = width >= 160 && width <= 7680 && width % 4 === 0 && height >= 120 && height <= 4320 && height % 2 === 0;
  if (!fits) throw new Error(`--size ${text}: must be WIDTHxHEIGHT, such as 1280x720; the width a multiple of 4`);
  return { width, height };
}
