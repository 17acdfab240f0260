/** `npm run bench:mavlink`: how many MAVLink messages a second are decoded, by ours and by node-mavlink. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { CONTENDERS, type MavlinkContender } from "./mavlink/mavlink-contenders.js";
import { type MavlinkRow, mavlinkReport } from "./mavlink/mavlink-report.js";
import { monotonicMs } from "./monotonic.js";
import { projectPath } from "./project-path.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";

const HELP = `npm run bench:mavlink -- [--no-write]

--no-write    print only, leave docs/benchmarks.md as it is`;
/** A real vehicle's 3412 packets of MAVLink 2, which node-mavlink brings with it. */
const CAPTURE = "node_modules/node-mavlink/examples/mavlink-v2-3412-packets.bin";
/** As serial ports give them. */
const CHUNK_BYTES = 1024;
const PASSES = 20;
const ROUNDS = 11;

const { values } = parseArgs({
  allowNegative: true,
  options: { write: { type: "boolean", default: true }, help: { type: "boolean", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}

const machine = await describeMachine(await findPython());
const capture = readFileSync(projectPath(CAPTURE));
const once = chunksOf(capture);
const chunks = chunksOf(Buffer.concat(Array(PASSES).fill(capture)));
const rows: MavlinkRow[] = [];
for (const contender of CONTENDERS) {
  const { name, how } = contender;
  rows.push({ name, how, messages: await contender.decode(once), messagesPerSecond: [] });
  // The first rounds run while the code is being compiled.
  for (let round = 0; round < 3; round++) await measure(contender);
}
// Taking turns: what else the machine does meets both.
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, contender] of CONTENDERS.entries()) {
    rows[index]?.messagesPerSecond.push(await measure(contender));
  }
}
const report = mavlinkReport(machine, rows);
console.log(`\n${report}`);
if (values.write) writeSection("mavlink", report);

async function measure(contender: MavlinkContender): Promise<number> {
  const startMs = monotonicMs();
  const messages = await contender.decode(chunks);
  return (messages / (monotonicMs() - startMs)) * 1000;
}

function chunksOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) => {
    return bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
  });
}
