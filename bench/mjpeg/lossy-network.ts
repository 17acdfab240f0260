import { execa } from "execa";

/** Two machines, made of network namespaces, with a cable that loses datagrams. */
export interface LossyNetwork {
  sender: string;
  receiver: string;
  /** Of the sender. */
  address: string;
  close(): Promise<void>;
}

const ADDRESSES = ["10.78.0.1", "10.78.0.2"] as const;
const CABLE = "cable";

/** Makes them; of a hundred UDP datagrams so many do not come to the receiver. Needs root, ip and nft. */
export async function makeLossyNetwork(lossPercent: number): Promise<LossyNetwork> {
  const [sender, receiver] = ["s", "r"].map((side) => `glasslink-bench-${process.pid}-${side}`) as [string, string];
  for (const name of [sender, receiver]) {
    await execa("ip", ["netns", "add", name]);
    await execa("ip", ["-n", name, "link", "set", "lo", "up"]);
  }
  const far = ["peer", "name", CABLE, "netns", receiver];
  await execa("ip", ["-n", sender, "link", "add", CABLE, "type", "veth", ...far]);
  for (const [index, name] of [sender, receiver].entries()) {
    await execa("ip", ["-n", name, "addr", "add", `${ADDRESSES[index]}/24`, "dev", CABLE]);
    await execa("ip", ["-n", name, "link", "set", CABLE, "up"]);
  }
  const rules = [
    "add table inet loss",
    "add chain inet loss incoming { type filter hook input priority 0 ; }",
    `add rule inet loss incoming meta l4proto udp numgen random mod 1000 < ${lossPercent * 10} drop`,
  ];
  for (const rule of rules) await execa("ip", ["netns", "exec", receiver, "nft", rule]);
  return {
    ...{ sender, receiver, address: ADDRESSES[0] },
    close: async () => {
      for (const name of [sender, receiver]) await execa("ip", ["netns", "del", name]);
    },
  };
}
