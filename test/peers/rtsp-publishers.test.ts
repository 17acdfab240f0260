import { connect } from "node:net";
import { expect, it, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { GST_RTSP_SERVER, startGstRtspServer } from "../support/gst-rtsp-server.js";
import { expectEveryNumber, firstNumbers } from "../support/peer-pictures.js";
import { freeTcpPort } from "../support/peer-ports.js";
import { describePeers, type Finished, gstreamerElement, startGStreamer, startPeer } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";
import { sharedTapes } from "../support/peer-tape.js";
import { ReceivedFrames } from "../support/received-frames.js";

const FRAMES = 45;
const USER = "me:secret@";
const TRANSPORTS = ["udp", "tcp"] as const;
const WAYS = [
  ["h264", "udp"],
  ["h264", "tcp"],
  ["h265", "udp"],
  ["h265", "tcp"],
] as const;
/** A server that a busy machine keeps waiting is sent every picture all the same. */
const WHOLE = "maxBacklogMs=30000";
const tapeOf = await sharedTapes();

interface Publication {
  /** Of a tape. */
  path: string;
  codec: NalCodecName;
  transport: (typeof TRANSPORTS)[number];
  /** Where to. */
  url: string;
}

/** Programs that publish a tape in real time. */
const PUBLISHERS = {
  ffmpeg({ path, transport, url }: Publication, finished: Finished): ChildProcess {
    const input = ["-v", "error", "-re", "-i", path, "-c", "copy"];
    return startPeer("ffmpeg", [...input, "-f", "rtsp", "-rtsp_transport", transport, url], finished);
  },
  rtspclientsink({ path, codec, transport, url }: Publication, finished: Finished): ChildProcess {
    const source = `filesrc location=${path} ! matroskademux ! ${codec}parse`;
    return startGStreamer(`${source} ! rtspclientsink location=${url} protocols=${transport}`, finished);
  },
} as const;

/** A Receiver that waits for publishers, and where they go. */
async function listen(finished: Finished, user = ""): Promise<{ frames: ReceivedFrames; url: string }> {
  const port = await freeTcpPort();
  const frames = new ReceivedFrames(`rtsp://${user}127.0.0.1:${port}/cam?listen=1`, finished, {
    stallTimeoutMs: 20_000,
  });
  await vi.waitFor(() => open(port), { timeout: 20_000 });
  return { frames, url: `rtsp://${user}127.0.0.1:${port}/cam` };
}

/** Resolves when somebody listens at the port. */
function open(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.destroy();
      resolve();
    }).on("error", reject);
  });
}

for (const name of ["ffmpeg", "rtspclientsink"] as const) {
  const needs = name === "ffmpeg" ? [] : ["gst-launch-1.0", gstreamerElement(name)];
  describePeers(`what ${name} publishes is received`, ["ffmpeg", ...needs], () => {
    it.concurrent.for(WAYS)("%s over %s", async ([codec, transport], { onTestFinished: finished }) => {
      const { path, hashes } = await tapeOf(codec);
      const { frames, url } = await listen(finished);
      PUBLISHERS[name]({ path, codec, transport, url }, finished);
      await frames.given(FRAMES);
      frames.expectWhole(hashes);
      expect(frames.receiver.stats()).toMatchObject({ codec, lost: 0, restarts: {} });
    });

    it.concurrent("with a password", async ({ onTestFinished: finished }) => {
      const { path, hashes } = await tapeOf("h264");
      const { frames, url } = await listen(finished, USER);
      PUBLISHERS[name]({ path, codec: "h264", transport: "tcp", url }, finished);
      await frames.given(FRAMES);
      frames.expectWhole(hashes);
    });
  });
}

describePeers("what a Sender pushes is taken by gst-rtsp-server", ["ffmpeg", ...GST_RTSP_SERVER], () => {
  it.concurrent.for([...WAYS, ["mjpeg", "udp"], ["mjpeg", "tcp"]] as const)(
    "%s over %s",
    async ([codec, transport], { onTestFinished: finished }) => {
      const { port, peer } = await startGstRtspServer([codec === "mjpeg" ? "jpeg" : codec], finished);
      await sendTape(`rtsp-push://127.0.0.1:${port}/stream?${WHOLE}&transport=${transport}`, codec, finished);
      expectEveryNumber(await firstNumbers(peer, FRAMES), TAPE_LENGTH);
    },
  );

  it.concurrent.for(["digest", "basic"])("with a password by %s", async (auth, { onTestFinished: finished }) => {
    const { port, peer } = await startGstRtspServer(["h264", "--user", "me:secret", "--auth", auth], finished);
    await sendTape(`rtsp-push://${USER}127.0.0.1:${port}/stream?${WHOLE}`, "h264", finished);
    expectEveryNumber(await firstNumbers(peer, FRAMES), TAPE_LENGTH);
  });
});
