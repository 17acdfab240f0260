import { once } from "node:events";
import { it } from "vitest";
import { GST_RTSP_SERVER, startGstRtspServer } from "../support/gst-rtsp-server.js";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, CABLE, describeNetwork, PeerNetwork } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { makeTape, type Tape } from "../support/peer-tape.js";
import { ReceiverWatch } from "../support/peer-watch.js";

const FRAMES = 60;

/** Two machines, on both of which groups are found at the cable. */
async function makeNetwork(finished: Finished): Promise<PeerNetwork> {
  const network = await PeerNetwork.make(finished);
  for (const side of ["sender", "receiver"] as const) {
    await network.run(side, `ip route add 224.0.0.0/4 dev ${CABLE}`);
  }
  return network;
}

async function tapeFor(finished: Finished): Promise<Tape> {
  return makeTape(await peerFolder(finished), { codec: "h264", ...PICTURE, frames: TAPE_LENGTH });
}

/** Two Receivers on the other machine share the group, and each shows whole pictures. */
async function expectPictures(network: PeerNetwork, port: number, { hashes }: Tape, finished: Finished): Promise<void> {
  const url = `rtsp://${ADDRESS.sender}:${port}/stream?transport=multicast`;
  const start = () => new ReceiverWatch(network.start("receiver", "network-receiver.mjs", [url], finished));
  for (const receiver of [start(), start()]) {
    await receiver.given(FRAMES);
    receiver.expectWhole(hashes);
  }
}

describeNetwork("an RTSP stream to a multicast group", () => {
  it.concurrent("of a Sender", async ({ onTestFinished: finished }) => {
    const [network, tape] = [await makeNetwork(finished), await tapeFor(finished)];
    const output = `rtsp://${ADDRESS.sender}:8554/stream?interface=${CABLE}`;
    const sender = network.start("sender", "network-sender.mjs", [tape.path, "stamp", output], finished);
    await once(sender.stdout, "data");
    await expectPictures(network, 8_554, tape, finished);
  });

  describePeers("of gst-rtsp-server", GST_RTSP_SERVER, () => {
    it.concurrent("is received", async ({ onTestFinished: finished }) => {
      const [network, tape] = [await makeNetwork(finished), await tapeFor(finished)];
      const args = ["h264", "--play", tape.rawPath, "--transport", "multicast", "--address", ADDRESS.sender];
      const { port } = await startGstRtspServer(args, finished, network.prefix("sender"));
      await expectPictures(network, port, tape, finished);
    });
  });
});
