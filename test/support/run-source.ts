import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { StreamError } from "../../lib/errors.js";
import { silentLogger } from "../../lib/logger.js";
import type { Source, SourceContext } from "../../lib/sources/source.js";

/** Everything that one run of a source gave. */
export interface SourceRun {
  connected: { sameClock: boolean; description: string }[];
  units: AccessUnit[];
  bytes: number;
  lost: number;
  discarded: number;
  /** Why it ended; undefined where its signal ended it. */
  error: StreamError | undefined;
}

/** A context with the machine's clock and the ffmpeg on PATH. */
export function sourceContext(changes: Partial<SourceContext> = {}): SourceContext {
  return {
    clock: systemClock,
    logger: silentLogger,
    connectTimeoutMs: 10_000,
    ffmpeg: async () => "ffmpeg",
    ...changes,
  };
}

/** Runs a source until it ends, or until `enough` says so. */
export async function runSource(source: Source, enough: (run: SourceRun) => boolean = () => false): Promise<SourceRun> {
  const run: SourceRun = { connected: [], units: [], bytes: 0, lost: 0, discarded: 0, error: undefined };
  const end = new AbortController();
  const look = (): void => {
    if (enough(run)) end.abort();
  };
  const sink = {
    connected(details: SourceRun["connected"][number]) {
      run.connected.push(details);
      look();
    },
    bytes(count: number) {
      run.bytes += count;
    },
    live() {},
    restarted() {},
    unit(unit: AccessUnit) {
      run.units.push(unit);
      look();
    },
    lost(count: number) {
      run.lost += count;
    },
    discarded(bytes: number) {
      run.discarded += bytes;
    },
  };
  await source.run(sink, end.signal).catch((error: StreamError) => {
    run.error = error;
  });
  return run;
}
