import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { jpegSize } from "../../lib/codecs/jpeg.js";
import { Receiver } from "../../lib/index.js";
import { tablesOfQuality } from "../../lib/rtp/jpeg-quality.js";
import { readJpegScan } from "../../lib/rtp/jpeg-scan.js";
import { hashUnits } from "../support/frame-hashes.js";
import { jpegUnits, splitJpegs } from "../support/make-jpegs.js";
import { peerFolder } from "../support/peer-folder.js";
import { expectEveryNumber, firstNumbers } from "../support/peer-pictures.js";
import { freeUdpPort } from "../support/peer-ports.js";
import { describePeers, type Finished, gstreamerElement, startGStreamer } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH, tapeUnits } from "../support/peer-sender.js";
import { serve } from "../support/peer-streams.js";
import { receiveRtp } from "../support/receive-rtp.js";

const PICTURES = 45;
const CAPS = "application/x-rtp,media=video,clock-rate=90000,encoding-name=JPEG,payload=26";
const NEEDS = ["ffmpeg", "gst-launch-1.0", gstreamerElement("rtpjpegpay"), gstreamerElement("jpegenc")];

describePeers("GStreamer shows the JPEGs that a Sender sends over RTP", NEEDS, () => {
  it.concurrent("pixel for pixel", async ({ onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const sent = await hashUnits(await tapeUnits("mjpeg"));
    await sendTape(`udp://127.0.0.1:${port}?format=rtp&sdp=${await peerFolder(finished)}/a.sdp`, "mjpeg", finished);
    const udpsrc = `udpsrc address=127.0.0.1 port=${port} caps=${CAPS}`;
    const peer = startGStreamer(`${udpsrc} ! rtpjpegdepay ! fdsink fd=1 sync=false`, finished);
    let bytes = Buffer.alloc(0);
    for await (const chunk of peer.stdout) {
      bytes = Buffer.concat([bytes, chunk]);
      // The last may be cut.
      if (splitJpegs(bytes).length > PICTURES) break;
    }
    const got = await hashUnits(jpegUnits(splitJpegs(bytes).slice(0, PICTURES)));
    const first = sent.indexOf(got[0] as string);
    expect(got).toEqual(got.map((_, index) => sent[(first + index) % TAPE_LENGTH]));
  });

  it.concurrent.for(["filesrc location=PATH ! sdpdemux latency=50", "sdpsrc location=sdp://PATH"])(
    "as the SDP file tells: %s",
    async (source, { onTestFinished: finished }) => {
      const path = await serve("MJPEG over RTP", finished);
      const toPixels = "jpegdec ! videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false";
      const pipeline = `${source.replace("PATH", path)} ! rtpjpegdepay ! ${toPixels}`;
      expectEveryNumber(await firstNumbers(startGStreamer(pipeline, finished), PICTURES), TAPE_LENGTH);
    },
  );
});

/** Starts GStreamer, which sends such pictures to a port and keeps them in a file as well. */
async function sendAndKeep(format: string, port: number, finished: Finished) {
  const path = `${await peerFolder(finished)}/sent`;
  const encoded = `videotestsrc is-live=true pattern=ball ! video/x-raw,framerate=30/1,${format} ! jpegenc ! tee name=t`;
  const sink = `t. ! queue ! rtpjpegpay ! udpsink host=127.0.0.1 port=${port} sync=false`;
  const peer = startGStreamer(
    `${encoded} ${sink} t. ! queue ! filesink buffer-mode=unbuffered location=${path}`,
    finished,
  );
  return { peer, sent: async () => splitJpegs(await readFile(path)) };
}

describePeers("JPEG that GStreamer sends over RTP", NEEDS, () => {
  it.concurrent.for([
    ["4:2:0", "format=I420,width=640,height=360", undefined, 1],
    ["4:2:2", "format=Y42B,width=640,height=360", undefined, 0],
    ["of a size that the packets cannot tell", "format=I420,width=2064,height=72", { width: 2_064, height: 72 }, 1],
    ["of a size that the packets round up", "format=I420,width=642,height=358", { width: 642, height: 358 }, 1],
  ] as const)("comes pixel for pixel: %s", async ([_name, format, size, type], { onTestFinished: finished }) => {
    const { port, sink, parser, units } = await receiveRtp(size ? { size } : {}, finished);
    const { peer, sent } = await sendAndKeep(format, port, finished);
    await units(10, peer);
    const received = sink.units.slice(0, 10);
    const kept = (await sent()).slice(0, 10);
    expect(await hashUnits(received)).toEqual(await hashUnits(jpegUnits(kept)));
    expect([sink.lostCount, sink.discardedBytes, parser.misfires]).toEqual([0, 0, 0]);
    expect(jpegSize(received[0]?.data as Buffer)).toEqual(jpegSize(kept[0] as Buffer));
    if (size === undefined) expect(readJpegScan(kept[0] as Buffer).head.type).toBe(type);
  });

  it.concurrent("becomes frames of a Receiver that is told nothing", async ({ onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const receiver = new Receiver(`udp://127.0.0.1:${port}`, { hwaccel: "none", stallTimeoutMs: 20_000 });
    finished(() => receiver.close());
    await sendAndKeep("format=I420,width=320,height=240", port, finished);
    let count = 0;
    for await (const { width, height } of receiver) {
      expect([width, height]).toEqual([320, 240]);
      if (++count === PICTURES) break;
    }
    expect(receiver.stats()).toMatchObject({ codec: "mjpeg", lost: 0 });
  });

  it.concurrent.for([1, 10, 49, 50, 51, 75, 99])(
    "has the tables of quality %i",
    async (quality, { onTestFinished }) => {
      const source = "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=64,height=64";
      const peer = startGStreamer(`${source} ! jpegenc quality=${quality} ! fdsink fd=1`, onTestFinished);
      const { head } = readJpegScan(Buffer.concat(await peer.stdout.toArray()));
      expect(tablesOfQuality(quality)).toEqual(head.tables);
    },
  );
});
