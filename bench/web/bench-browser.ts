import { type Browser, chromium } from "playwright-core";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";
// What a browser does for itself would be in the figures.
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const STARTING_MS = 20_000;

/** Starts a browser with a profile that is new and goes with it. @throws Error where there is none */
export function startBrowser(): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET];
  return chromium.launch({ executablePath: CHROMIUM, args, timeout: STARTING_MS });
}
