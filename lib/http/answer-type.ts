import { once } from "node:events";
import type { HttpAnswer } from "./http-answer.js";
import { type MediaType, parseMediaType } from "./media-type.js";

const MULTIPART: MediaType = { name: "multipart/x-mixed-replace", boundary: undefined };
/** A server that tells one of these may send anything. */
const UNTOLD = ["", "application/octet-stream"];
/** A boundary, behind empty lines at most. */
const DASHES = /^\s*--/;
/** What may go on as such. */
const MAYBE_DASHES = /^(?:\s{1,14}-?|-)$/;
const TELLING_BYTES = 16;

/**
 * What an answer is: what its head says or, where that says nothing, what its first bytes show; they stay where they
 * are.
 * @throws the reason of `signal` when that aborts; then the connection is gone
 */
export async function typeOfAnswer(answer: HttpAnswer, signal: AbortSignal): Promise<MediaType> {
  const told = parseMediaType(answer.response.headers["content-type"]);
  if (!UNTOLD.includes(told.name)) return told;
  const abort = (): void => void answer.close();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    const first = await firstBytes(answer);
    if (!signal.aborted) return DASHES.test(first) ? MULTIPART : told;
    await answer.close();
    throw signal.reason;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function firstBytes(answer: HttpAnswer): Promise<string> {
  let seen = await nextBytes(answer);
  while (MAYBE_DASHES.test(seen.toString("latin1", 0, TELLING_BYTES))) {
    const more = await nextBytes(answer);
    if (more.length === 0) break;
    seen = Buffer.concat([seen, more]);
  }
  if (seen.length > 0) answer.response.unshift(seen);
  return seen.toString("latin1", 0, TELLING_BYTES);
}

/** Nothing where no more come. */
async function nextBytes({ response, closed }: HttpAnswer): Promise<Buffer> {
  const waiting = new AbortController();
  const arrival = once(response, "readable", { signal: waiting.signal }).catch(() => {});
  await Promise.race([arrival, closed]);
  waiting.abort();
  return response.read() ?? Buffer.alloc(0);
}
