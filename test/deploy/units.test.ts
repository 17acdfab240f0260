import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { acceptCommand } from "../support/accept-command.js";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));

/** Directives of a unit, by name; of those that stand there several times, all values. */
async function directives(name: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const line of (await readFile(`${DEPLOY}${name}`, "utf8")).split("\n")) {
    const [, key, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
}

describe.each([
  { unit: "glasslink-sender.service", subcommand: "run" },
  { unit: "glasslink-gateway.service", subcommand: "gateway" },
])("deploy/$unit", ({ unit, subcommand }) => {
  it("runs what glasslink takes", async () => {
    const [command = ""] = (await directives(unit)).get("ExecStart") ?? [];
    expect(command).toMatch(/^glasslink /);
    expect(await acceptCommand(command.split(" ").slice(1))).toBe(subcommand);
  });

  it("waits to hear that it is ready and alive, from a child of it", async () => {
    const unitDirectives = await directives(unit);
    expect(["Type", "NotifyAccess", "Restart"].map((key) => unitDirectives.get(key))).toEqual([
      ["notify"],
      ["all"],
      ["always"],
    ]);
    expect(Number(unitDirectives.get("WatchdogSec"))).toBeGreaterThan(0);
    expect(unitDirectives.get("RestrictAddressFamilies")?.join(" ")).toContain("AF_UNIX");
  });
});

it("protects both in the same way", async () => {
  const [sender, gateway] = await Promise.all(
    ["sender", "gateway"].map((name) => directives(`glasslink-${name}.service`)),
  );
  const own = new Set(["Description", "ExecStart", "EnvironmentFile", "LoadCredential", "LimitNOFILE", "DeviceAllow"]);
  const shared = (unit: Map<string, string[]> | undefined) => [...(unit ?? [])].filter(([key]) => !own.has(key)).sort();
  expect(shared(gateway)).toEqual(shared(sender));
});
