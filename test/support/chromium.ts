import { type Browser, chromium } from "playwright-core";

/** Where Debian's package puts it. */
export const CHROMIUM = "/usr/bin/chromium";

const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** Starts Chromium without a window, with a profile of its own. @param env added to this process's environment */
export function launchChromium(env: Record<string, string> = {}): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET];
  return chromium.launch({ executablePath: CHROMIUM, args, env: { ...process.env, ...env } });
}
