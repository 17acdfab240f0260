import type { Page } from "playwright-core";
import { monotonicMs } from "../monotonic.js";

const EXCHANGES = 100;
/** Pages are told their time in steps of 0.1 ms, rounded up or down. */
const STEP_MS = 0.1;

/** How a page's clock lies on the machine's monotonic one. */
export interface ClockRelation {
  /** To be added to the page's time. */
  offsetMs: number;
  /** By how much that may be wrong, either way. */
  uncertaintyMs: number;
}

/** The machine's time before the page was asked, the page's answer, and the machine's time when it came. */
export type Exchange = [beforeMs: number, pageMs: number, afterMs: number];

/** Asks a page for its time, again and again. */
export async function exchangeTimes(page: Page): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  while (exchanges.length < EXCHANGES) {
    const beforeMs = monotonicMs();
    const pageMs = await page.evaluate<number>("benchPictures.now()");
    exchanges.push([beforeMs, pageMs, monotonicMs()]);
  }
  return exchanges;
}

/**
 * The relation that fits every exchange: the page read its clock some time between the question and the answer. Exchanges
 * before and after something that was measured also show that the clocks kept the same pace meanwhile.
 * @throws Error where none fits all
 */
export function relateClocks(exchanges: readonly Exchange[]): ClockRelation {
  const least = Math.max(...exchanges.map(([beforeMs, pageMs]) => beforeMs - pageMs - STEP_MS));
  const most = Math.min(...exchanges.map(([, pageMs, afterMs]) => afterMs - pageMs + STEP_MS));
  if (!(least <= most)) throw new Error("the page's clock did not keep pace with the machine's");
  return { offsetMs: (least + most) / 2, uncertaintyMs: (most - least) / 2 };
}
