import { once } from "node:events";
import { expect, it, vi } from "vitest";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, CABLE, describeNetwork, PeerNetwork } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import type { Finished } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { makeTape, type Tape } from "../support/peer-tape.js";
import { ReceiverWatch } from "../support/peer-watch.js";

const CUT_MS = 3_000;
/** From the network's being there again to the next picture; half a second of it may pass before a keyframe comes. */
const BACK_MS = 1_700;
const GROUP = "udp://239.1.1.1:5000";

/** Where a Sender sends, and what a Receiver opens. */
const WAYS = {
  "tcp://": [`tcp://${ADDRESS.sender}:8000`, `tcp://${ADDRESS.sender}:8000`],
  "udp:// at one address": [`udp://${ADDRESS.receiver}:5000?format=ts`, `udp://${ADDRESS.receiver}:5000`],
  "udp:// at any address": [`udp://${ADDRESS.receiver}:5000?format=ts`, "udp://:5000"],
  "a multicast group": [`${GROUP}?format=ts&interface=${CABLE}`, GROUP],
  "a multicast group at one interface": [`${GROUP}?format=ts&interface=${CABLE}`, `${GROUP}?interface=${CABLE}`],
} as const;
type Way = keyof typeof WAYS;

interface Stage {
  network: PeerNetwork;
  receiver: ReceiverWatch;
  tape: Tape;
}

async function stage(way: Way, finished: Finished): Promise<Stage> {
  const { network, tape } = await startSender(way, finished);
  const receiver = new ReceiverWatch(network.start("receiver", "network-receiver.mjs", [WAYS[way][1]], finished));
  return { network, receiver, tape };
}

async function startSender(way: Way, finished: Finished): Promise<Omit<Stage, "receiver">> {
  const tape = await makeTape(await peerFolder(finished), { codec: "h264", ...PICTURE, frames: TAPE_LENGTH });
  const network = await PeerNetwork.make(finished);
  const sender = network.start("sender", "network-sender.mjs", [tape.path, "stamp", WAYS[way][0]], finished);
  // It says so when it sends.
  await once(sender.stdout, "data");
  return { network, tape };
}

/** Breaks a network in which the stream flows, for 3 seconds: it comes back by itself. */
async function expectBack(
  { network, receiver, tape }: Stage,
  cut: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<void> {
  await receiver.given(PICTURE.fps);
  await cut();
  const cutAtMs = performance.now();
  await vi.waitUntil(() => performance.now() - cutAtMs > CUT_MS, { timeout: 2 * CUT_MS });
  await mend();
  await network.isUp();
  const mendedAtMs = Date.now();
  const back = await receiver.firstAfter(mendedAtMs);
  expect(back.atMs - mendedAtMs).toBeLessThan(BACK_MS);
  await receiver.given(PICTURE.fps);
  receiver.expectWhole(tape.hashes);
}

describeNetwork("a network that breaks", () => {
  const ends = (Object.keys(WAYS) as Way[]).flatMap((way) => [[way, "sender"] as const, [way, "receiver"] as const]);
  it.concurrent.for(ends)("%s: cable pulled at the %s's end", async ([way, side], { onTestFinished }) => {
    const staged = await stage(way, onTestFinished);
    const pull = () => staged.network.run(side, `ip link set ${CABLE} down`);
    await expectBack(staged, pull, () => staged.network.run(side, `ip link set ${CABLE} up`));
  });

  it.concurrent.for(["tcp://", "udp:// at one address"] as const)(
    "%s: out of reach",
    async (way, { onTestFinished }) => {
      const staged = await stage(way, onTestFinished);
      await expectBack(
        staged,
        () => staged.network.loseEverything(),
        () => staged.network.loseNothing(),
      );
    },
  );

  it.concurrent("a multicast group is joined at an interface that comes later", async ({ onTestFinished }) => {
    const way = "a multicast group";
    const { network, tape } = await startSender(way, onTestFinished);
    await network.run("receiver", `ip link set ${CABLE} down`);
    const receiving = network.start("receiver", "network-receiver.mjs", [WAYS[way][1]], onTestFinished);
    const receiver = new ReceiverWatch(receiving);
    // After a second it is certain to listen.
    await receiver.until(() => receiver.stats);
    await network.run("receiver", `ip link set ${CABLE} up`);
    await receiver.given(PICTURE.fps);
    receiver.expectWhole(tape.hashes);
  });
});
