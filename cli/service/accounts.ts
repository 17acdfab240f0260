import { readFile } from "node:fs/promises";
import { StreamError } from "../../lib/errors.js";
import type { Identity, ServiceHost } from "./service-host.js";

/**
 * A user of the machine.
 * @throws StreamError `invalid-option` when there is none of that name
 */
export async function readUser(host: ServiceHost, name: string): Promise<Identity> {
  const row = (await readTable(host.path("/etc/passwd")))?.find(([user]) => user === name);
  const [uid, gid] = [Number(row?.[2]), Number(row?.[3])];
  if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  throw new StreamError("invalid-option", `--user ${name}: this machine has no such user`);
}

/** The groups of the machine by name; undefined where they cannot be read. */
export async function readGroups(host: ServiceHost): Promise<Set<string> | undefined> {
  const rows = await readTable(host.path("/etc/group"));
  return rows && new Set(rows.map(([name = ""]) => name));
}

async function readTable(path: string): Promise<string[][] | undefined> {
  try {
    return (await readFile(path, "utf8")).split("\n").map((line) => line.split(":"));
  } catch {
    return undefined;
  }
}
