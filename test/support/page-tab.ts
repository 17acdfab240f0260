import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import type { LiveTransport } from "../../server/web/live-protocol.js";
import { PAGE_PROBE } from "./page-probe.js";
import type { Finished } from "./peer-program.js";
import type { Rectangle } from "./screenshot.js";

/** For whatever the page does: machines that run tests are busy. */
export const PATIENCE = { timeout: 60_000, interval: 50 };

/** What the page tells of itself. */
export interface TabStatus {
  views: {
    camera: string;
    transport?: LiveTransport;
    signal: string;
    frames: number;
    dropped: number;
    latencyMs: number | null;
  }[];
  isLinked: boolean;
  telemetry?: TelemetrySnapshot;
  clock?: { offsetMs: number; uncertaintyMs: number };
}

/** How a page is opened. */
export interface TabOptions {
  width: number;
  height: number;
  transport?: LiveTransport;
}

/** The page in a browser, until the test is over. */
export class PageTab {
  readonly page: Page;
  /** Everything that it asked for. */
  readonly requests: string[] = [];
  /** What the browser complained about. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("websocket", (socket) => this.requests.push(socket.url()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, origin: string, options: TabOptions, finished: Finished): Promise<PageTab> {
    const { width, height, transport } = options;
    const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
    finished(() => context.close());
    await context.addInitScript(PAGE_PROBE);
    const tab = new PageTab(await context.newPage());
    await tab.page.goto(`${origin}/${transport ? `?transport=${transport}` : ""}`);
    return tab;
  }

  /** Asks the page something: an expression of JavaScript. */
  ask<Answer>(expression: string): Promise<Answer> {
    return this.page.evaluate<Answer>(expression);
  }

  status(): Promise<TabStatus> {
    return this.ask("probe.status()");
  }

  /** Resolves when the pictures of these cameras come, and of no others. */
  async shows(cameras: readonly string[]): Promise<void> {
    const good = async (): Promise<string[]> =>
      (await this.status()).views.filter(({ signal }) => signal === "good").map(({ camera }) => camera);
    await expect.poll(good, PATIENCE).toEqual(cameras);
  }

  /** The number in a camera's picture, read from its pixels; undefined where there is none. */
  async counter(camera: string): Promise<number | undefined> {
    const seen = await this.ask<{ width: number; height: number; row: number; pixels: string } | undefined>(
      `probe.counterRow(${JSON.stringify(camera)})`,
    );
    if (!seen) return undefined;
    const picture = Buffer.alloc(seen.width * seen.height * 4);
    Buffer.from(seen.pixels, "base64").copy(picture, seen.row * seen.width * 4);
    return readFrameCounter(picture, seen.width, seen.height, 4);
  }

  /** So many different numbers in the order in which they are seen; each picture must have one. */
  async counters(camera: string, count: number): Promise<number[]> {
    const seen: number[] = [];
    const look = async (): Promise<number> => {
      const number = (await this.counter(camera)) ?? Number.NaN;
      if (number !== seen.at(-1)) seen.push(number);
      return seen.length;
    };
    await expect.poll(look, PATIENCE).toBeGreaterThanOrEqual(count);
    return seen;
  }

  /** A part of what lies over a camera's picture, on grey: rgba. */
  async overlay(camera: string, area: Rectangle): Promise<Buffer> {
    const canvas = `probe.canvas(${JSON.stringify(camera)}, "overlay")`;
    return Buffer.from(await this.ask<string>(`probe.pixels(${canvas}, ${JSON.stringify(area)})`), "base64");
  }

  /** How much of a part of it is drawn on, 0 to 1; the whole by default. */
  ink(camera: string, area?: Rectangle): Promise<number> {
    return this.ask(`probe.ink(${JSON.stringify(camera)}, ${JSON.stringify(area)})`);
  }

  /** What is said of a camera to whoever cannot see it. */
  async values(camera: string): Promise<string> {
    return (await this.page.locator(`.view[data-camera="${camera}"] .values`).textContent()) ?? "";
  }
}
