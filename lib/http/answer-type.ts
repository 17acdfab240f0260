import { once } from "node:events";
import type { HttpAnswer } from "./http-answer.js";
import { type MediaType, parseMediaType } from "./media-type.js";

const MULTIPART: MediaType = { name: "multipart/x-mixed-replace", boundary: undefined };
/** A server that tells one of these may send anything. */
const UNTOLD = ["", "application/octet-stream"];
/** A boundary, behind empty lines at most. */
const DASHES = /^\s*--/;

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
  try {
    const first = await firstBytes(answer);
    if (!signal.aborted) return DASHES.test(first) ? MULTIPART : told;
    await answer.close();
    throw signal.reason;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function firstBytes({ response, closed }: HttpAnswer): Promise<string> {
  const waiting = new AbortController();
  const arrival = once(response, "readable", { signal: waiting.signal }).catch(() => {});
  await Promise.race([arrival, closed]);
  waiting.abort();
  const bytes: Buffer | null = response.read();
  if (bytes === null) return "";
  response.unshift(bytes);
  return bytes.toString("latin1", 0, 16);
}
