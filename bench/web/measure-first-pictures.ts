import type { Browser } from "playwright-core";
import type { LiveTransport } from "../../server/web/live-protocol.js";
import { withPage } from "./bench-page.js";
import { reasonOf } from "./reason-of.js";

const TIMES = 5;

/** How long the page takes to its first picture; milliseconds, one each time. */
export interface FirstPictures {
  transport: LiveTransport;
  /** From the beginning of the navigation to a picture on the page, or why there is none. */
  result: number[] | { failure: string };
}

/** Opens the page several times, each with nothing cached. Never rejects. */
export async function measureFirstPictures(
  transport: LiveTransport,
  { browser, origin }: { browser: Promise<Browser>; origin: string },
): Promise<FirstPictures> {
  const times: number[] = [];
  try {
    while (times.length < TIMES) {
      const firstMs = await withPage(await browser, async (page) => {
        const [first] = await page.show(origin, transport);
        const startMs = await page.page.evaluate<number>("performance.timeOrigin");
        return (first?.drawnAtMs ?? Number.POSITIVE_INFINITY) - startMs;
      });
      times.push(firstMs);
    }
    return { transport, result: times };
  } catch (error) {
    return { transport, result: { failure: reasonOf(error) } };
  }
}
