// A Receiver in a process of its own, which decodes nothing: URL. It writes each picture's MD5 as a line.
import { createHash } from "node:crypto";
import { Receiver } from "../../dist/lib/index.js";

const receiver = new Receiver(process.argv[2], { decode: false });
process.on("SIGTERM", () => receiver.close());
// Its last words say why it ended, if nobody asked it to.
receiver.on("error", ({ message }) => process.stderr.write(`${message}\n`));
for await (const { data } of receiver.accessUnits()) {
  process.stdout.write(`${createHash("md5").update(data).digest("hex")}\n`);
}
