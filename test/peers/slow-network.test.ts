import { expect, it, vi } from "vitest";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, CABLE, describeNetwork, PeerNetwork } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { makeTape } from "../support/peer-tape.js";
import { ReceiverWatch, type SeenFrame } from "../support/peer-watch.js";

/** The stream has about 1 Mbit/s. */
const TOO_SLOW = "tbf rate 400kbit burst 10kb limit 30kb";
const SLOW_MS = 8_000;
const FRESH_MS = 300;
const PATIENCE = { timeout: 10_000, interval: 20 };

describeNetwork("a network that is too slow for the stream for 8 seconds", () => {
  it.concurrent.for([
    ["drops what is late", "stamp", "", 0, 3_000],
    ["queues without bound", "stamp", "?maxBacklogMs=60000", 1, 3_000],
    // What is new on a link that is slow from the start cannot be told from what is late.
    ["queues without bound, and stamps nothing", "no stamp", "?maxBacklogMs=60000", 1, 4_500],
  ] as const)("a sender that %s: live again as soon as it can", async (way, { onTestFinished }) => {
    const [, stamp, query, restarts, oldestMs] = way;
    const tape = await makeTape(await peerFolder(onTestFinished), { codec: "h264", ...PICTURE, frames: TAPE_LENGTH });
    const network = await PeerNetwork.make(onTestFinished);
    const url = `tcp://${ADDRESS.sender}:8000`;
    network.start("sender", "network-sender.mjs", [tape.path, stamp, `${url}${query}`], onTestFinished);
    const receiver = new ReceiverWatch(network.start("receiver", "network-receiver.mjs", [url], onTestFinished));
    await receiver.given(2 * PICTURE.fps);
    const ageOf = ageFrom(receiver.frames.at(-1) as SeenFrame);

    await network.run("sender", `tc qdisc add dev ${CABLE} root ${TOO_SLOW}`);
    const slowAtMs = Date.now();
    await vi.waitUntil(() => Date.now() - slowAtMs > SLOW_MS, { timeout: 2 * SLOW_MS });
    await network.run("sender", `tc qdisc del dev ${CABLE} root`);

    const recent = (): SeenFrame[] => receiver.frames.slice(-PICTURE.fps);
    await vi.waitFor(() => expect(Math.max(...recent().map(ageOf))).toBeLessThan(FRESH_MS), PATIENCE);
    expect(Math.max(...receiver.frames.map(ageOf))).toBeLessThan(oldestMs);
    await receiver.until(() => (receiver.stats?.restarts.lag ?? 0) >= restarts);
    // Without stamps a picture that comes in pieces with long pauses between them may be taken for whole too early.
    if (stamp === "stamp") receiver.expectWhole(tape.hashes);
  });
});

/** How late a frame is, told from its number, if that one came without delay. */
function ageFrom(timely: SeenFrame): (frame: SeenFrame) => number {
  const [half, whole] = [TAPE_LENGTH / 2, TAPE_LENGTH];
  return ({ number = 0, atMs }) => {
    const elapsedMs = atMs - timely.atMs;
    const expected = (elapsedMs * PICTURE.fps) / 1_000 + (timely.number ?? 0);
    const behind = ((((expected - number + half) % whole) + whole) % whole) - half;
    return (behind * 1_000) / PICTURE.fps;
  };
}
