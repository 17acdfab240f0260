// A Receiver in a process of its own, which a test puts into a network: URL. It writes what happens as lines of JSON.
import { createHash } from "node:crypto";
import { Receiver } from "../../dist/lib/index.js";
import { readFrameCounter } from "../../dist/server/cameras/frame-counter.js";

const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const receiver = new Receiver(process.argv[2], { hwaccel: "none", pixelFormat: "yuv420p" });
receiver.on("stats", (stats) => tell({ kind: "stats", stats }));
receiver.on("frame", ({ data, width, height, capturedAt }) => {
  const atMs = Date.now();
  const number = readFrameCounter(data, width, height, 1);
  const hash = createHash("md5").update(data).digest("hex");
  tell({ kind: "frame", atMs, number, hash, ...(capturedAt !== undefined && { ageMs: atMs - capturedAt }) });
});
// Its last words say why it ended, if nobody asked it to.
receiver.on("error", ({ message }) => process.stderr.write(`${message}\n`));
process.on("SIGTERM", () => receiver.close());
