import type { Clock } from "../../lib/clock.js";
import type { JpegFeed, JpegViewer } from "../jpeg/jpeg-feed.js";
import type { JpegPicture } from "../jpeg/jpeg-picture.js";
import { HttpError } from "./http-error.js";

/** One connection can ask for any number of pictures before there is one. */
const MOST_VIEWERS = 2_000;

/**
 * The newest picture of a feed; where there is none, the next one; undefined when none comes in time.
 * @param patienceMs how long to wait, in milliseconds
 * @throws HttpError 503 with the reason why there will be none, or where too many wait already
 */
export function waitForJpeg(feed: JpegFeed, clock: Clock, patienceMs: number): Promise<JpegPicture | undefined> {
  return new Promise((resolve, reject) => {
    if (feed.viewers >= MOST_VIEWERS) throw new HttpError(503, "too many wait for a picture", { "Retry-After": "1" });
    const end = (picture?: JpegPicture): void => {
      timer.cancel();
      feed.leave(viewer);
      resolve(picture);
    };
    const viewer: JpegViewer = {
      picture: end,
      ended({ message }) {
        timer.cancel();
        reject(new HttpError(503, message, { "Retry-After": "1" }));
      },
    };
    const timer = clock.after(patienceMs, end);
    feed.join(viewer);
  });
}
