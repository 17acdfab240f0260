import type { Registry } from "prom-client";
import { addCounter } from "../web/add-counter.js";

/** What is counted of all cameras that push. */
export interface IngestCounters {
  sessions: number;
  refusedOffers: number;
  refusedTokens: number;
  badEvents: number;
  ignoredCandidates: number;
  nacks: number;
  recoveredPackets: number;
  keyframeRequests: number;
}

const HELP: Readonly<Record<keyof IngestCounters, [name: string, help: string]>> = {
  sessions: ["sessions", "Sessions that cameras began"],
  refusedOffers: ["refused_offers", "Offers of cameras that were not taken"],
  refusedTokens: ["refused_tokens", "Attempts to push without the token, or with a wrong one"],
  badEvents: ["bad_events", "Events of cameras that cannot be understood, or that are too many"],
  ignoredCandidates: ["ignored_candidates", "Candidates of cameras over the bound"],
  nacks: ["nacks", "Times that cameras were asked for lost packets"],
  recoveredPackets: ["recovered_packets", "Lost packets that came after all"],
  keyframeRequests: ["keyframe_requests", "Times that cameras were asked for a keyframe"],
};

/** Shows the counts as `glasslink_ingest_…_total`. */
export function showIngestCounters(registry: Registry, counters: () => IngestCounters): void {
  for (const [key, [name, help]] of Object.entries(HELP)) {
    addCounter(
      registry,
      { name: `glasslink_ingest_${name}_total`, help },
      () => counters()[key as keyof IngestCounters],
    );
  }
}
