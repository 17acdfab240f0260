import { expect, it } from "vitest";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, CABLE, describeNetwork, PeerNetwork } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { makeTape } from "../support/peer-tape.js";
import { ReceiverWatch } from "../support/peer-watch.js";

const LOSS_PERCENT = 3;
const FRAMES = 60;
const LOST_DATAGRAMS = 5;
/** How often it must have gone on behind a gap. */
const GAPS = 4;
const GROUP = "239.1.1.1";

describeNetwork(`a network that loses ${LOSS_PERCENT} % of the datagrams`, () => {
  // Raw video shows what is missing only by its stamps.
  it.concurrent.for([
    ["h264", "rtp", "stamp", ADDRESS.receiver],
    ["h264", "rtp", "no stamp", ADDRESS.receiver],
    ["h264", "ts", "stamp", ADDRESS.receiver],
    ["h264", "ts", "no stamp", ADDRESS.receiver],
    ["h264", "raw", "stamp", ADDRESS.receiver],
    ["h264", "rtp", "stamp", GROUP],
    ["h265", "rtp", "stamp", ADDRESS.receiver],
  ] as const)("%s, format=%s, %s, to %s: no torn picture, and back at a keyframe", async (way, { onTestFinished }) => {
    const [codec, format, stamp, address] = way;
    const folder = await peerFolder(onTestFinished);
    const tape = await makeTape(folder, { codec, ...PICTURE, frames: TAPE_LENGTH });
    const network = await PeerNetwork.make(onTestFinished);
    const lostDatagrams = await network.loseDatagrams(LOSS_PERCENT);
    const url = `udp://${address}:5000`;
    const receiver = new ReceiverWatch(network.start("receiver", "network-receiver.mjs", [url], onTestFinished));
    const sdp = format === "rtp" ? `&sdp=${folder}/stream.sdp` : "";
    const output = `${url}?format=${format}${sdp}${address === GROUP ? `&interface=${CABLE}` : ""}`;
    network.start("sender", "network-sender.mjs", [tape.path, stamp, output], onTestFinished);

    // What is lost is by chance: small pictures may lose little for a while.
    do await receiver.given(FRAMES);
    while ((await lostDatagrams()) <= LOST_DATAGRAMS || resumed(receiver).length < GAPS);
    await receiver.until(() => (receiver.stats?.lost ?? 0) > 0);
    receiver.expectWhole(tape.hashes);
    const all = resumed(receiver);
    // A machine that is busy passes over a picture now and then, without any loss.
    const passedOver = all.filter((number) => number % PICTURE.gop !== 0);
    expect(passedOver.length).toBeLessThanOrEqual(Math.max(1, all.length / 4));
  });
});

/** The first pictures behind gaps. */
function resumed({ frames }: ReceiverWatch): number[] {
  const numbers = frames.map(({ number }) => number as number);
  return numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] as number) + 1);
}
