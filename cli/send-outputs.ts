import { parseStreamUrl } from "../lib/stream-url.js";
import { openOutput } from "../server/index.js";
import type { Output } from "../server/outputs/output.js";
import { openWebOutput, type WebAdditions } from "../server/outputs/web-url.js";

/**
 * The outputs that the command line names.
 * @throws StreamError `invalid-url`
 */
export function openSendOutputs(urls: readonly string[], additions: WebAdditions): Output[] {
  return urls.map((url) => (/^web:/i.test(url) ? openWebOutput(parseStreamUrl(url), additions) : openOutput(url)));
}
