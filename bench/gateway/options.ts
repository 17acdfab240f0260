import { type LoadOptions, readLoadOptions } from "../load-options.js";

/** The parts of the bench, by which `--only` chooses. */
export const PARTS = ["loopback", "far", "many", "others", "returns"] as const;

const HELP = `npm run bench:gateway -- [--seconds 10] [--load-seconds 10] [--only PART …] [--no-write]

--seconds N        how long each case is measured, after its first second
--load-seconds N   how long many cameras are
--only PART        only parts whose names contain PART: ${PARTS.join(", ")}; "far" and "returns" need root
--no-write         print only, leave docs/benchmarks.md as it is`;

/** What `npm run bench:gateway -- …` takes. */
export function readGatewayOptions(args: string[]): LoadOptions {
  return readLoadOptions(args, { help: HELP, seconds: 10, loadSeconds: 10, mostSeconds: 60 });
}
