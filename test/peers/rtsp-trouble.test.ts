import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { ReceiverState } from "../../lib/index.js";
import { GST_RTSP_SERVER, startGstRtspServer } from "../support/gst-rtsp-server.js";
import { BUILD } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished, startPeer } from "../support/peer-program.js";
import { sharedTapes, type Tape } from "../support/peer-tape.js";
import { ReceivedFrames } from "../support/received-frames.js";

/** What a silent server must be noticed within, and what is left to a busy machine beside it. */
const STALL_MS = 2_000;
const BUSY_MS = 5_000;
/** From the server's going on to pictures, of which a new connection and a keyframe are part. */
const BACK_MS = 10_000;
const SENDER = fileURLToPath(new URL("network-sender.mjs", import.meta.url));
const tapeOf = await sharedTapes();

/** A server of a tape in a process of its own. */
interface Server {
  pid: number;
  port: number;
}

const SERVERS = {
  "gst-rtsp-server": async ({ rawPath }: Tape, finished: Finished): Promise<Server> => {
    const { port, peer } = await startGstRtspServer(["h264", "--play", rawPath], finished);
    return { port, pid: peer.pid as number };
  },
  "a Sender": async ({ path }: Tape, finished: Finished): Promise<Server> => {
    const sender = startPeer(process.execPath, [SENDER, path, "stamp", "rtsp://127.0.0.1:0/stream"], finished);
    const [line] = (await once(sender.stdout, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    return { port: Number(new URL(url).port), pid: sender.pid as number };
  },
} as const;

const WAYS = (["gst-rtsp-server", "a Sender"] as const).flatMap((name) => [
  [name, "udp"] as const,
  [name, "tcp"] as const,
]);

describePeers("an RTSP server that freezes", ["ffmpeg", BUILD, ...GST_RTSP_SERVER], () => {
  it.concurrent.for(WAYS)("%s, over %s: is noticed, and received again", async ([name, way], { onTestFinished }) => {
    const tape = await tapeOf("h264");
    const { pid, port } = await SERVERS[name](tape, onTestFinished);
    const frames = new ReceivedFrames(`rtsp://127.0.0.1:${port}/stream?transport=${way}`, onTestFinished);
    await frames.given(PICTURE.fps);

    process.kill(pid, "SIGSTOP");
    const [frozenAtMs, stalled] = [performance.now(), stateOf(frames, "stalled")];
    onTestFinished(async () => void process.kill(pid, "SIGCONT"));
    expect((await stalled) - frozenAtMs).toBeLessThan(STALL_MS + BUSY_MS);
    frames.expectWhole(tape.hashes);

    // Who has lost its only client begins the tape anew.
    frames.all.length = 0;
    process.kill(pid, "SIGCONT");
    const [thawedAtMs, streaming] = [performance.now(), stateOf(frames, "streaming")];
    expect((await streaming) - thawedAtMs).toBeLessThan(BACK_MS);
    await frames.given(PICTURE.fps);
    frames.expectWhole(tape.hashes);
  });
});

/** Resolves with the moment when the Receiver comes into that state. */
function stateOf({ receiver }: ReceivedFrames, name: ReceiverState["name"]): Promise<number> {
  return new Promise((resolve) => {
    receiver.on("state", (state) => {
      if (state.name === name) resolve(performance.now());
    });
  });
}
