import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock, Timer } from "../../lib/clock.js";
import { SIGNALLING_MS } from "./signalling.js";

/** No description of one camera is larger. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** One request, over a connection of its own. */
export interface HttpExchange {
  url: URL;
  method: "POST" | "DELETE";
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Whether a certificate counts that nobody vouches for. */
  insecure: boolean;
  clock: Clock;
  signal: AbortSignal;
}

/** What it was answered. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Asks, and reads an answer that is bounded in time and bytes. `fetch` has neither bound, nor a way to take a certificate
 * that nobody vouches for.
 * @throws Error that says what happened
 */
export async function exchangeHttp({ url, body, insecure, clock, ...options }: HttpExchange): Promise<HttpAnswer> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const asked = send(url, { ...options, agent: false, rejectUnauthorized: !insecure });
  let late: Error | undefined;
  const limit = (milliseconds: number, problem: string): Timer =>
    clock.after(milliseconds, () => {
      late = new Error(`${problem} within ${milliseconds} ms`);
      asked.destroy(late);
    });
  const connecting = limit(SIGNALLING_MS.connect, "no connection");
  const answering = limit(SIGNALLING_MS.answer, "no whole answer");
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      asked.on("error", reject);
      asked.on("socket", (socket) => socket.once("connect", () => connecting.cancel()));
      asked.on("response", (response) => resolve(readAnswer(response)));
      asked.end(body);
    });
  } catch (error) {
    // Who reads an answer is told only that it broke off.
    throw late ?? error;
  } finally {
    connecting.cancel();
    answering.cancel();
    asked.destroy();
  }
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES / 1024} KiB`);
    chunks.push(chunk);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}
