import type { Browser, Page } from "playwright-core";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import type { LiveTransport } from "../../server/web/live-protocol.js";
import { projectPath } from "../project-path.js";
import { within } from "./within.js";

const LONGEST_MS = 50_000;
const LOADING_MS = 10_000;
const FIRST_PICTURE_MS = 15_000;
const CLOSING_MS = 5_000;
const COUNTER_ROWS = 30;

/** A picture that the page showed; times by the page's clock, milliseconds since the epoch. */
export interface ShownPicture {
  counter: number;
  /** When it was drawn on the page's canvas. */
  drawnAtMs: number;
  /** When the next frame of the screen began, which is the first that has it; undefined where none did yet. */
  frameAtMs: number | undefined;
}

interface NotedPicture {
  transport: LiveTransport;
  drawnAtMs: number;
  frameAtMs: number | null;
  /** The red of the row of pixels that holds the number. */
  row: number[];
}

/** One page of the viewer, whose pictures are noted. */
export class BenchPage {
  readonly page: Page;
  #transport: LiveTransport | undefined;

  constructor(page: Page) {
    this.page = page;
  }

  /** Goes to the viewer; resolves with the first pictures, whenever they are there. @throws Error where none comes */
  async show(origin: string, transport: LiveTransport): Promise<ShownPicture[]> {
    this.#transport = transport;
    await this.page.goto(`${origin}/?transport=${transport}`, { waitUntil: "commit", timeout: LOADING_MS });
    return within(FIRST_PICTURE_MS, `no picture by ${transport}`, async (signal) => {
      for (;;) {
        await this.page.evaluate("benchPictures.some()");
        const pictures = await this.take();
        if (pictures.length > 0 || signal.aborted) return pictures;
      }
    });
  }

  /** Pictures with a number that were shown since the last time, by the transport that was asked for. */
  async take(): Promise<ShownPicture[]> {
    const noted = await this.page.evaluate<NotedPicture[]>("benchPictures.take()");
    return noted.flatMap(({ transport, row, drawnAtMs, frameAtMs }) => {
      const pixels = Buffer.alloc(row.length * COUNTER_ROWS);
      pixels.set(row);
      const counter = readFrameCounter(pixels, row.length, COUNTER_ROWS, 1);
      if (counter === undefined || transport !== this.#transport) return [];
      return [{ counter, drawnAtMs, frameAtMs: frameAtMs ?? undefined }];
    });
  }
}

/** Does something with a page that has nothing cached. @throws Error where it takes too long */
export async function withPage<T>(browser: Browser, task: (page: BenchPage) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  try {
    return await within(LONGEST_MS, "the page does not answer", async () => {
      const page = await context.newPage();
      await page.addInitScript({ path: projectPath("bench/web/page/record-pictures.js") });
      return await task(new BenchPage(page));
    });
  } finally {
    await within(CLOSING_MS, "the page does not close", () => context.close()).catch(() => {});
  }
}
