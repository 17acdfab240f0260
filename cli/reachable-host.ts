import { networkInterfaces } from "node:os";

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

/** By which host others reach what listens on a local address: for all addresses, one that this machine has in a network. */
export function reachableHost(host: string): string {
  return EVERY_ADDRESS.has(host) ? lanAddress() : host;
}

function lanAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}
