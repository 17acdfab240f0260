#!/usr/bin/env node
// Writes server/telemetry/mavlink/*.generated.ts from the package mavlink-mappings. With --check it writes nothing and
// fails where a file differs from what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import mappings from "mavlink-mappings";

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

const files = {
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
