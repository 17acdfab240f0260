import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { type Percentiles, SampleWindow } from "../../lib/sample-window.js";
import type { LiveTransport } from "../../server/web/live-protocol.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { ages } from "../latency/ages.js";
import { monotonicMs } from "../monotonic.js";
import type { SenderHandle } from "../processes/start-sender.js";
import { type BenchPage, type ShownPicture, withPage } from "./bench-page.js";
import { exchangeTimes, relateClocks } from "./page-clock.js";
import { reasonOf } from "./reason-of.js";

const WARM_UP_MS = 1_000;

/** A way of showing the camera. */
export interface PaintingCase {
  /** For the table. */
  name: string;
  transport: LiveTransport;
  /** What the median of the delay must not exceed, in milliseconds. */
  limitMs?: number;
  /** Whether the browser is kept from asking for pictures without a playout delay. */
  withoutPlayoutDelay?: boolean;
}

/** How long pictures took, from when they were handed to the sender; milliseconds. */
export interface Painting {
  /** To the page's having drawn them. */
  drawn: Percentiles;
  /** To the beginning of the frame of the screen that shows them. */
  frame: Percentiles;
  /** By how much all of these may be wrong, either way. */
  uncertaintyMs: number;
  /** Different pictures in the time of measuring. */
  pictures: number;
  /** How many were sent in that time. */
  sent: number;
}

/** One line of the table. */
export interface PaintingRow extends PaintingCase {
  result: Painting | { failure: string };
}

/** What every transport is measured with. */
export interface PaintingRun {
  browser: Promise<Browser>;
  sender: SenderHandle;
  /** Of its web server. */
  origin: string;
  seconds: number;
}

/** Shows a camera for a while. Never rejects. */
export async function measurePainting(painting: PaintingCase, run: PaintingRun): Promise<PaintingRow> {
  try {
    const result = await withPage(await run.browser, async (page) => {
      if (painting.withoutPlayoutDelay) await withoutPlayoutDelay(page);
      await page.show(run.origin, painting.transport);
      return watch(page, run);
    });
    return { ...painting, result };
  } catch (error) {
    return { ...painting, result: { failure: reasonOf(error) } };
  }
}

async function watch(page: BenchPage, { sender, seconds }: PaintingRun): Promise<Painting> {
  await wait(WARM_UP_MS);
  const exchanges = await exchangeTimes(page.page);
  await page.take();
  const fromMs = monotonicMs();
  await wait(seconds * 1000);
  const toMs = monotonicMs();
  const shown = await page.take();
  exchanges.push(...(await exchangeTimes(page.page)));
  const { offsetMs, uncertaintyMs } = relateClocks(exchanges);
  const written = await sender.written();
  const delays = (times: (picture: ShownPicture) => number | undefined): number[] => {
    const seen = shown.flatMap((picture): [number, number][] => {
      const atMs = times(picture);
      return atMs === undefined ? [] : [[picture.counter, atMs + offsetMs]];
    });
    const counted = ages(seen, written).filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return counted.map(({ ageMs }) => ageMs);
  };
  const drawn = delays(({ drawnAtMs }) => drawnAtMs);
  const frame = delays(({ frameAtMs }) => frameAtMs);
  const sent = Math.round(seconds * CLIP_FPS);
  return { drawn: spread(drawn), frame: spread(frame), uncertaintyMs, pictures: drawn.length, sent };
}

function spread(values: readonly number[]): Percentiles {
  const window = new SampleWindow(Math.max(1, values.length));
  for (const value of values) window.add(value);
  const percentiles = window.percentiles();
  if (!percentiles) throw new Error("no picture after the first second");
  return percentiles;
}

/** The offer loses its line of the extension on the way, and so the server does not use it. */
async function withoutPlayoutDelay({ page }: BenchPage): Promise<void> {
  await page.route("**/whep/*", async (route) => {
    const offer = route.request().postData();
    if (route.request().method() !== "POST" || offer === null) return route.continue();
    await route.continue({ postData: offer.replaceAll(/^a=extmap:\d+ \S*\/playout-delay\r\n/gm, "") });
  });
}
