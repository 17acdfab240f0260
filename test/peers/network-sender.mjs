// A Sender in a process of its own, which a test puts into a network: FILE STAMP OUTPUT [no-nack]. It ends when it is told to.
import { withoutNack } from "../../dist/bench/processes/without-nack.js";
import { Sender } from "../../dist/server/index.js";

const [path, stamp, url, nack] = process.argv.slice(2);
const output = nack === "no-nack" ? withoutNack(url, "left") : url;
const sender = new Sender({ camera: { kind: "file", path }, outputs: [output], stamp: stamp === "stamp" });
process.on("SIGTERM", () => sender.close());
await sender.ready;
process.stdout.write(`${JSON.stringify({ url: sender.outputs[0].url })}\n`);
