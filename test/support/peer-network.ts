import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { describePeers, type Finished, type PeerNeed, PYTHON, ROOT, startPeer } from "./peer-program.js";

const run = promisify(execFile);

/** Which of the two machines. */
export type Side = "sender" | "receiver";

/** The one interface of each machine. */
export const CABLE = "cable";
/** Their addresses; nothing else is in their network. */
export const ADDRESS = { sender: "10.66.0.1", receiver: "10.66.0.2" } as const;

const BUILT = fileURLToPath(new URL("../../dist/lib/index.js", import.meta.url));
/** What runs in a process of its own needs it. */
export const BUILD: PeerNeed = { name: "a build of the project (npm run build)", isPresent: () => existsSync(BUILT) };

/** A cable that can be made worse: `delay 20` means milliseconds, each way, all else percent of the packets. */
export interface SlowCable {
  is(quality: `${"delay" | "loss" | "reorder" | "duplicate"} ${number}`): void;
}

let made = 0;

/** A `describe` that needs network namespaces, and a build of the project: what runs in them is not the test itself. */
export function describeNetwork(title: string, body: () => void): void {
  describePeers(title, ["ip", "tc", "nft", "ffmpeg", ROOT, BUILD], body);
}

/**
 * Two machines and a cable between them, made of network namespaces: what is lost, slow or cut in there disturbs
 * nobody else.
 */
export class PeerNetwork {
  readonly #names: Readonly<Record<Side, string>>;

  private constructor(id: string) {
    this.#names = { sender: `${id}-s`, receiver: `${id}-r` };
  }

  static async make(finished: Finished): Promise<PeerNetwork> {
    const network = await PeerNetwork.#withoutCable(finished);
    const { sender, receiver } = network.#names;
    await run("ip", ["-n", sender, "link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", receiver]);
    for (const side of ["sender", "receiver"] as const) {
      await run("ip", ["-n", network.#names[side], "addr", "add", `${ADDRESS[side]}/24`, "dev", CABLE]);
      await run("ip", ["-n", network.#names[side], "link", "set", CABLE, "up"]);
    }
    await network.isUp();
    return network;
  }

  /** The same with a cable that takes its time, and that loses packets of all kinds. */
  static async makeSlow(finished: Finished): Promise<{ network: PeerNetwork; cable: SlowCable }> {
    const network = await PeerNetwork.#withoutCable(finished);
    const { sender, receiver } = network.#names;
    const script = fileURLToPath(new URL("../peers/slow_cable.py", import.meta.url));
    const names = [sender, receiver, CABLE, ADDRESS.sender, ADDRESS.receiver];
    const peer = startPeer(PYTHON, [script, ...names], finished);
    await once(peer.stdout, "data");
    return { network, cable: { is: (quality) => void peer.stdin.write(`${quality}\n`) } };
  }

  static async #withoutCable(finished: Finished): Promise<PeerNetwork> {
    const network = new PeerNetwork(`glasslink-${process.pid}-${made++}`);
    for (const name of Object.values(network.#names)) {
      await run("ip", ["netns", "add", name]);
      finished(async () => void (await run("ip", ["netns", "del", name])));
      await run("ip", ["-n", name, "link", "set", "lo", "up"]);
    }
    return network;
  }

  /** Resolves when both ends of the cable carry, which takes the kernel up to a second to notice. */
  async isUp(): Promise<void> {
    for (const name of Object.values(this.#names)) {
      const state = async (): Promise<string> => (await run("ip", ["-n", name, "link", "show", CABLE])).stdout;
      await vi.waitFor(async () => expect(await state()).toContain("state UP"), { timeout: 5_000, interval: 20 });
    }
  }

  /** Runs a command on one side, such as `tc qdisc …`, and gives what it writes. */
  async run(side: Side, command: string): Promise<string> {
    const { stdout } = await run("ip", ["netns", "exec", this.#names[side], ...command.split(" ")]);
    return stdout;
  }

  /** Starts a script of test/peers on one side. */
  start(side: Side, script: string, args: readonly string[], finished: Finished): ReturnType<typeof startPeer> {
    const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
    const [command = "", ...rest] = [...this.prefix(side), process.execPath, path, ...args];
    return startPeer(command, rest, finished);
  }

  /** What stands before a command that is to run on one side. */
  prefix(side: Side): string[] {
    return ["ip", "netns", "exec", this.#names[side]];
  }

  /** Of a hundred UDP datagrams that come to the receiver, so many are lost; the result asks how many were. */
  async loseDatagrams(percent: number): Promise<() => Promise<number>> {
    await this.#filter(`meta l4proto udp numgen random mod 100 < ${percent} counter drop`);
    return async () => Number(/packets (\d+)/.exec(await this.run("receiver", "nft list table inet loss"))?.[1]);
  }

  /** Nothing arrives at the receiver any more, and nobody is told. */
  async loseEverything(): Promise<void> {
    await this.#filter("drop");
  }

  /** Ends the loss. */
  async loseNothing(): Promise<void> {
    await this.run("receiver", "nft delete table inet loss");
  }

  async #filter(rule: string): Promise<void> {
    await this.run("receiver", "nft add table inet loss");
    await this.run("receiver", "nft add chain inet loss incoming { type filter hook input priority 0 ; }");
    await this.run("receiver", `nft add rule inet loss incoming ${rule}`);
  }
}
