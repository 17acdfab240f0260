// A Receiver in a process of its own, which a test puts into a network: URL. It writes what happens as lines of JSON.
import { Receiver } from "../../dist/lib/index.js";
import { RECEIVER_OPTIONS, tellFrames } from "./network-frames.mjs";

const receiver = new Receiver(process.argv[2], RECEIVER_OPTIONS);
tellFrames(receiver);
process.on("SIGTERM", () => receiver.close());
