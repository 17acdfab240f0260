import type { Browser } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import type { LiveTransport } from "../../server/web/live-protocol.js";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { servePage } from "../support/page-stage.js";
import { PATIENCE, PageTab } from "../support/page-tab.js";
import { describePeers } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";

const SIZE = { width: 640, height: 480 };
const NAMES = { websocket: "WebSocket", whep: "WebRTC", mjpeg: "MJPEG" };

let browser: Browser | undefined;
afterAll(() => browser?.close());

describePeers("the page shows a camera", ["ffmpeg", CHROMIUM], () => {
  it.for([
    { name: "WebSocket", transport: "websocket" },
    { name: "WebRTC", transport: "whep" },
    { name: "MJPEG", transport: "mjpeg" },
    { name: "what suits it best", transport: undefined },
    { name: "WebSocket, VP8", transport: "websocket", codec: "vp8" },
    { name: "WebRTC, VP8", transport: "whep", codec: "vp8" },
    { name: "MJPEG, VP8", transport: "mjpeg", codec: "vp8" },
  ] as const)("by $name, and asks nobody but its server", async (way, { onTestFinished: finished }) => {
    const { transport } = way;
    browser ??= await launchChromium();
    const stage = await servePage("codec" in way ? { codec: way.codec } : {}, finished);
    const tab = await PageTab.open(browser, stage.origin, { ...SIZE, ...(transport && { transport }) }, finished);
    await tab.shows(["bow"]);

    const counters = await tab.counters("bow", 15);
    const steps = counters
      .slice(1)
      .map((number, index) => (number - (counters[index] ?? 0) + TAPE_LENGTH) % TAPE_LENGTH);
    // On a busy machine it passes some over.
    expect(steps.filter((step) => !(step >= 1 && step < TAPE_LENGTH / 3))).toEqual([]);

    const used: LiveTransport = transport ?? "websocket";
    expect((await tab.status()).views[0]).toMatchObject({ camera: "bow", transport: used });
    await expect.poll(() => tab.values("bow"), PATIENCE).toMatch(/latency \d+ ms one-way ±[\d.]+, pictures [\d.]+ fps/);
    expect(await tab.values("bow")).toContain(`by ${NAMES[used]}`);

    const hosts = new Set(tab.requests.map((url) => new URL(url).host));
    expect([...hosts]).toEqual([new URL(stage.origin).host]);
    expect([tab.complaints, await tab.ask("probe.violations")]).toEqual([[], []]);
  });
});
