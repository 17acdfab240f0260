// A Gateway in a process of its own, which a test puts into a network. It writes what happens to the first camera that
// comes, as lines of JSON.
import { Gateway } from "../../dist/server/index.js";
import { RECEIVER_OPTIONS, tellFrames } from "./network-frames.mjs";

const gateway = new Gateway({ rtspPort: null, receiver: RECEIVER_OPTIONS });
gateway.once("camera", ({ receiver }) => tellFrames(receiver));
process.on("SIGTERM", () => gateway.close());
await gateway.ready;
process.stdout.write(`${JSON.stringify({ kind: "ready", atMs: Date.now() })}\n`);
