import { systemClock } from "../../lib/clock.js";
import { silentLogger } from "../../lib/logger.js";
import { openSource } from "../../lib/sources/index.js";

const CONTEXT = {
  ...{ clock: systemClock, logger: silentLogger, connectTimeoutMs: 1 },
  ffmpeg: () => Promise.reject(new Error("nothing is run")),
};

/**
 * Checks a URL as whoever receives from it will; nothing is opened.
 * @throws StreamError `invalid-url`, `unsupported`
 */
export function checkSourceUrl(url: string): void {
  openSource(url, CONTEXT);
}
