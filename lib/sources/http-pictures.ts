import { finished } from "node:stream/promises";
import type { Clock } from "../clock.js";
import { describeTlsError } from "../describe-tls-error.js";
import { StreamError } from "../errors.js";
import { MultipartParser } from "../http/multipart-parser.js";
import type { HttpStream } from "../http/open-http-stream.js";
import { isOwnAddress } from "../network-interfaces.js";
import { redact } from "../redact.js";
import type { SourceSink } from "./source.js";

/** A server that pauses this long between pictures has no backlog. */
const LIVE_PAUSE_MS = 8;

/** Whose pictures, and where they go. */
export interface FollowHttpPicturesOptions {
  stream: HttpStream;
  sink: SourceSink;
  clock: Clock;
}

/**
 * Reads an answer that is a stream of JPEGs, until it ends; resolves when `signal` aborts, rejects otherwise. When this
 * settles, the connection is gone.
 * @throws StreamError `stream-ended`, `connection-lost`, `invalid-data`
 */
export async function followHttpPictures(options: FollowHttpPicturesOptions, signal: AbortSignal): Promise<void> {
  const { stream, sink, clock } = options;
  const { answer, type } = stream;
  const url = stream.url.href;
  const parser = new MultipartParser({ sink, boundary: type.boundary });
  let failure: StreamError | undefined;
  let lastBytesMs = 0;
  const abort = (): void => void answer.close();
  answer.response.on("data", (chunk: Buffer) => {
    // What was on its way when it was broken off is not looked at.
    if (failure || signal.aborted) return;
    const nowMs = clock.now();
    sink.bytes(chunk.length);
    if (!parser.pending && nowMs - lastBytesMs > LIVE_PAUSE_MS) sink.live();
    lastBytesMs = nowMs;
    try {
      parser.push(chunk, nowMs);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      failure = new StreamError(error.code, `${url}: ${error.message}`, { cause: error });
      void answer.close();
    }
  });
  sink.connected({
    sameClock: isOwnAddress(answer.response.socket.remoteAddress ?? ""),
    description: redact(`${url} (mjpeg)`),
  });
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  // The connection may be gone before everything that it brought was read.
  await finished(answer.response).catch(() => {});
  const end = endOf(stream);
  signal.removeEventListener("abort", abort);
  await answer.close();
  if (signal.aborted) return;
  if (failure) throw failure;
  parser.end();
  throw end;
}

function endOf({ answer, url }: HttpStream): StreamError {
  const { problem: cause } = answer;
  if (!cause) return new StreamError("stream-ended", `${url.href}: the server ended the stream`);
  return new StreamError("connection-lost", `${url.href}: ${describeTlsError(cause)}`, { cause });
}
