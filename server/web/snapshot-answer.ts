import type { ServerResponse } from "node:http";
import type { Clock } from "../../lib/clock.js";
import type { JpegFeed } from "../jpeg/jpeg-feed.js";
import { HttpError } from "./http-error.js";
import { waitForJpeg } from "./jpeg-wait.js";
import { timestampOf, UNCACHED } from "./mjpeg-parts.js";

/** Where {@link answerSnapshot} takes its picture from. */
export interface SnapshotSource {
  feed: JpegFeed;
  clock: Clock;
  /** Of the file that a browser would save, without what is added to it. */
  name: string;
}

/** What loads an encoder on a slow machine and waits for a keyframe has that long for the first picture. */
const PATIENCE_MS = 5_000;

/**
 * Answers with the newest picture; where there is none, with the next one within 5 s.
 * @throws HttpError 503
 */
export async function answerSnapshot(response: ServerResponse, { feed, clock, name }: SnapshotSource): Promise<void> {
  const picture = await waitForJpeg(feed, clock, PATIENCE_MS);
  if (!picture) {
    throw new HttpError(503, `the camera gave no picture within ${PATIENCE_MS / 1_000} s`, { "Retry-After": "1" });
  }
  const timestamp = timestampOf(picture.capturedAtMs);
  response.writeHead(200, {
    ...UNCACHED,
    "Content-Type": "image/jpeg",
    "Content-Length": picture.data.length,
    "Content-Disposition": `inline; filename="${name}-${timestamp}.jpg"`,
    "X-Timestamp": timestamp,
  });
  response.end(picture.data);
}
