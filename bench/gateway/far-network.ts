import { spawn } from "node:child_process";
import { once } from "node:events";
import { execa } from "execa";
import { projectPath } from "../project-path.js";

/** Two machines that are far from each other, made of network namespaces. */
export interface FarNetwork {
  sender: string;
  gateway: string;
  /** Of the gateway. */
  address: string;
  /** What the cable between them does, such as `delay 20` (milliseconds, each way) or `loss 3` (percent). */
  is(quality: string): void;
  close(): Promise<void>;
}

const ADDRESSES = ["10.77.0.1", "10.77.0.2"] as const;

/** Makes them; needs root and Python. */
export async function makeFarNetwork(python: string): Promise<FarNetwork> {
  const names = ["s", "g"].map((side) => `glasslink-bench-${process.pid}-${side}`) as [string, string];
  for (const name of names) {
    await execa("ip", ["netns", "add", name]);
    await execa("ip", ["-n", name, "link", "set", "lo", "up"]);
  }
  const args = [projectPath("test/peers/slow_cable.py"), ...names, "cable", ...ADDRESSES];
  const cable = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"] });
  await once(cable.stdout, "data");
  return {
    ...{ sender: names[0], gateway: names[1], address: ADDRESSES[1] },
    is: (quality) => void cable.stdin.write(`${quality}\n`),
    close: async () => {
      cable.stdin.end();
      await once(cable, "exit");
      for (const name of names) await execa("ip", ["netns", "del", name]);
    },
  };
}
