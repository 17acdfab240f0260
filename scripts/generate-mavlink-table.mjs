#!/usr/bin/env node
// Writes server/telemetry/mavlink/*.generated.ts from the package mavlink-mappings. With --check it writes nothing and
// fails where a file differs from what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import mappings from "mavlink-mappings";
import { ADDITIONS } from "./mavlink-additions.mjs";

/** The dialect ardupilotmega and what it includes. */
const DIALECTS = ["minimal", "standard", "common", "uavionix", "icarous", "ardupilotmega"];

const ENUMS = {
  MAV_TYPE: mappings.minimal.MavType,
  MAV_AUTOPILOT: mappings.minimal.MavAutopilot,
  MAV_SEVERITY: mappings.common.MavSeverity,
  GPS_FIX_TYPE: mappings.common.GpsFixType,
  COPTER_MODE: mappings.ardupilotmega.CopterMode,
  PLANE_MODE: mappings.ardupilotmega.PlaneMode,
  ROVER_MODE: mappings.ardupilotmega.RoverMode,
  SUB_MODE: mappings.ardupilotmega.SubMode,
};
const HEAD = "// Written by `npm run generate:mavlink` from the package mavlink-mappings; not to be edited.\n";

const TYPES = { u: "uint", i: "int", f32: "float", f64: "double", char: "char" };

const files = {
  "message-table.generated.ts": messageTable(),
  "enum-names.generated.ts": enumNames(),
};
const stale = Object.entries(files).filter(([name, text]) => readOrNothing(pathOf(name)) !== text);
if (process.argv[2] === "--check") {
  for (const [name] of stale) console.error(`${name} is stale: npm run generate:mavlink`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, text] of stale) writeFileSync(pathOf(name), text);
  console.log(stale.length > 0 ? `wrote ${stale.map(([name]) => name).join(", ")}` : "nothing has changed");
}

function pathOf(name) {
  return fileURLToPath(new URL(`../server/telemetry/mavlink/${name}`, import.meta.url));
}

function readOrNothing(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function enumNames() {
  const tables = Object.entries(ENUMS).map(([name, values]) => {
    const lines = Object.entries(values).filter(([key]) => /^\d+$/.test(key));
    // The package leaves the prefix where the rest would begin with a digit.
    const rows = lines.map(([value, text]) => `  ${value}: "${text.replace(`${name}_`, "")}",\n`);
    return `\n/** Names of \`${name}\`, without that prefix. */\nexport const ${name}: Record<number, string> = {\n${rows.join("")}};\n`;
  });
  return HEAD + tables.join("");
}

function messageTable() {
  const lines = DIALECTS.flatMap((dialect) => Object.values(mappings[dialect].REGISTRY).map(messageLine));
  const table = [...lines, ...ADDITIONS.trim().split("\n")];
  for (const line of table) verify(line);
  table.sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
  const about =
    "\n/** A message a line: id, name, CRC_EXTRA, then its fields in the order of the wire; those behind a + are extensions. */\n";
  return `${HEAD}${about}export const MESSAGE_TABLE = \`\n${table.join("\n")}\n\`;\n`;
}

function messageLine({ MSG_ID, MSG_NAME, MAGIC_NUMBER, FIELDS }) {
  const firstExtension = FIELDS.findIndex(({ extension }) => extension);
  const fields = FIELDS.map(({ source, type, length }, index) => {
    const short = type
      .replace(/_t.*$|\[\]$/, "")
      .replace("uint", "u")
      .replace("int", "i");
    const named = { float: "f32", double: "f64" }[short] ?? short;
    return `${index === firstExtension ? "+ " : ""}${source}:${named}${length > 0 ? `[${length}]` : ""}`;
  });
  return `${MSG_ID} ${MSG_NAME} ${MAGIC_NUMBER} ${fields.join(" ")}`;
}

/** The CRC_EXTRA follows from names and types: a slip in either shows. */
function verify(line) {
  const [, name, crcExtra, ...fields] = line.split(" ");
  const extension = fields.indexOf("+");
  const base = extension < 0 ? fields : fields.slice(0, extension);
  const bytes = [...Buffer.from(`${name} `)];
  for (const field of base) {
    const [, fieldName, type, bits, length] = /^(\w+):([a-z]+)(\d*)(?:\[(\d+)\])?$/.exec(field);
    const written = TYPES[type + bits] ?? `${TYPES[type]}${bits}_t`;
    bytes.push(...Buffer.from(`${written} ${fieldName} `), ...(length ? [Number(length)] : []));
  }
  const crc = bytes.reduce(crcStep, 0xffff);
  if (((crc & 0xff) ^ (crc >> 8)) !== Number(crcExtra)) throw new Error(`not the CRC_EXTRA of its fields: ${line}`);
}

/** One step of CRC-16/MCRF4XX. */
function crcStep(crc, byte) {
  let rest = (crc ^ byte) & 0xff;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >> 1) ^ 0x8408 : rest >> 1;
  return (crc >> 8) ^ rest;
}
