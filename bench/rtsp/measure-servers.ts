import type { LOAD_SERVERS } from "./load-servers.js";
import { type LoadOptions, type LoadRow, measureLoad } from "./measure-load.js";

/** A machine may be half as fast again a few seconds later: the servers take turns. */
const ROUNDS = 3;

/** What several servers are compared by. */
export interface Comparison {
  servers: readonly (keyof typeof LOAD_SERVERS)[];
  transport: "tcp" | "udp";
  clients: number;
}

/** Loads each server in turn, several times over; gives one row a server. */
export async function measureServers(
  { servers, transport, clients }: Comparison,
  options: LoadOptions,
): Promise<LoadRow[]> {
  const rows: LoadRow[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers) rows.push(await measureLoad({ server, transport, clients }, options));
  }
  return servers.map((server) => combine(rows.filter((row) => row.server === server)));
}

/** Medians, but every picture that is missing or late counts. */
function combine(rounds: readonly LoadRow[]): LoadRow {
  const failed = rounds.find(({ result }) => "failure" in result);
  if (failed) return failed;
  const results = rounds.map(({ result }) => result as Exclude<LoadRow["result"], { failure: string }>);
  const values = (name: keyof (typeof results)[number]): number[] => results.map((result) => result[name]);
  const median = (name: keyof (typeof results)[number]): number =>
    values(name).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
  const sum = (name: keyof (typeof results)[number]): number => values(name).reduce((total, value) => total + value, 0);
  return {
    ...(rounds[0] as LoadRow),
    result: {
      ...{ processor: median("processor"), drainProcessor: median("drainProcessor") },
      ...{ pictures: sum("pictures"), missing: sum("missing"), late: sum("late") },
      ...{ p50: median("p50"), p99: median("p99"), max: Math.max(...values("max")) },
    },
  };
}
