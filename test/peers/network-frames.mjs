// What a Receiver gives, as lines of JSON on the standard output.
import { createHash } from "node:crypto";
import { readFrameCounter } from "../../dist/server/cameras/frame-counter.js";

export const RECEIVER_OPTIONS = { hwaccel: "none", pixelFormat: "yuv420p" };

export function tellFrames(receiver) {
  const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
  receiver.on("stats", (stats) => tell({ kind: "stats", stats }));
  receiver.on("state", ({ name }) => tell({ kind: "state", name, atMs: Date.now() }));
  receiver.on("frame", ({ data, width, height, capturedAt }) => {
    const atMs = Date.now();
    const number = readFrameCounter(data, width, height, 1);
    const hash = createHash("md5").update(data).digest("hex");
    tell({ kind: "frame", atMs, number, hash, ...(capturedAt !== undefined && { ageMs: atMs - capturedAt }) });
  });
  // Its last words say why it ended, if nobody asked it to.
  receiver.on("error", ({ message }) => process.stderr.write(`${message}\n`));
}
