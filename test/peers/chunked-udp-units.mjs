// A Receiver in a process of its own, which decodes nothing: URL. It writes what happens as lines of JSON, its figures
// when it is told to end.
import { createHash } from "node:crypto";
import { Receiver } from "../../dist/lib/index.js";

const receiver = new Receiver(process.argv[2], { decode: false, hwaccel: "none" });
const tell = (event) => process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...event })}\n`);
receiver.on("state", ({ name }) => tell({ kind: "state", name }));
// Its last words say why it ended, if nobody asked it to.
receiver.on("error", ({ message }) => process.stderr.write(`${message}\n`));
process.on("SIGTERM", () => {
  const { lost, restarts } = receiver.stats();
  tell({ kind: "stats", stats: { lost, restarts } });
  void receiver.close();
});
for await (const { data } of receiver.accessUnits()) {
  tell({ kind: "unit", hash: createHash("md5").update(data).digest("hex") });
}
