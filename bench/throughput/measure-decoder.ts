import { execa } from "execa";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "../processes/process-time.js";
import type { DecodeReport } from "./decode-report.js";
import type { DecoderUnderTest } from "./decoders.js";

const LONGEST_MS = 120_000;

/** Runs one decoder over a file of `frames` pictures. Never rejects. */
export async function measureDecoder(decoder: DecoderUnderTest, frames: number): Promise<DecodeReport> {
  const startedAtMs = monotonicMs();
  const usedBefore = processTimeMs("self", "children");
  const result = await execa(decoder.command, decoder.args, { reject: false, timeout: LONGEST_MS });
  const seconds = (monotonicMs() - startedAtMs) / 1000;
  const used = processTimeMs("self", "children");
  const failed = (): DecodeReport => {
    const said = result.stderr?.trim().split("\n").at(-1);
    return { frames: 0, seconds, failure: said || (result.shortMessage ?? "it said nothing") };
  };
  if (result.failed) return failed();
  if (!decoder.reports) {
    return { frames, seconds, ...(used !== undefined && { processorMs: used - (usedBefore ?? 0) }) };
  }
  try {
    return JSON.parse(result.stdout ?? "") as DecodeReport;
  } catch {
    return failed();
  }
}
