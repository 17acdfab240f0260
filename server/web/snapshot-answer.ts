import type { ServerResponse } from "node:http";
import type { Clock } from "../../lib/clock.js";
import { HttpError } from "./http-error.js";
import type { JpegFeed, JpegViewer } from "./jpeg-feed.js";
import type { JpegPicture } from "./jpeg-picture.js";
import { timestampOf, UNCACHED } from "./mjpeg-parts.js";

/** What loads an encoder on a slow machine and waits for a keyframe has that long for the first picture. */
const PATIENCE_MS = 5_000;

/**
 * The newest picture; where there is none, the next one within 5 s.
 * @throws HttpError 503
 */
export function snapshotOf(feed: JpegFeed, clock: Clock): Promise<JpegPicture> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      timer.cancel();
      feed.leave(viewer);
    };
    const refuse = (message: string): void => {
      end();
      reject(new HttpError(503, message, { "Retry-After": "1" }));
    };
    const viewer: JpegViewer = {
      picture(picture) {
        end();
        resolve(picture);
      },
      ended: ({ message }) => refuse(message),
    };
    const timer = clock.after(PATIENCE_MS, () => refuse(`the camera gave no picture within ${PATIENCE_MS / 1_000} s`));
    feed.join(viewer);
  });
}

/** Answers with one picture. @param name of the file that a browser would save */
export function answerSnapshot(response: ServerResponse, { data, capturedAtMs }: JpegPicture, name: string): void {
  const timestamp = timestampOf(capturedAtMs);
  response.writeHead(200, {
    ...UNCACHED,
    "Content-Type": "image/jpeg",
    "Content-Length": data.length,
    "Content-Disposition": `inline; filename="${name}-${timestamp}.jpg"`,
    "X-Timestamp": timestamp,
  });
  response.end(data);
}
