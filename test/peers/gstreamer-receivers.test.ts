import { it } from "vitest";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { peerFolder } from "../support/peer-folder.js";
import { expectEveryNumber, firstNumbers } from "../support/peer-pictures.js";
import { freeUdpPort, LOOPBACK } from "../support/peer-ports.js";
import { describePeers, type Finished, gstreamerElement, startGStreamer } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";
import { PEER_STREAMS, serve } from "../support/peer-streams.js";

const PICTURES = 45;
const TO_PIXELS = "videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false";
const DECODERS = { h264: "h264parse ! avdec_h264", h265: "h265parse ! avdec_h265" } as const;
const GROUP = "239.1.1.1";

/** Every picture from the first keyframe on is to be seen behind this pipeline. */
async function expectPictures(source: string, codec: NalCodecName, finished: Finished): Promise<void> {
  const pipeline = `${source} ! ${DECODERS[codec]} max-threads=1 ! ${TO_PIXELS}`;
  const numbers = await firstNumbers(startGStreamer(pipeline, finished), PICTURES);
  expectEveryNumber(numbers, TAPE_LENGTH);
}

const CODECS = ["h264", "h265"] as const;
const NEEDS = ["ffmpeg", "gst-launch-1.0", gstreamerElement("avdec_h264"), gstreamerElement("avdec_h265")];

describePeers("GStreamer shows what a Sender sends", NEEDS, () => {
  it.concurrent.for(CODECS)("%s over TCP", async (codec, { onTestFinished: finished }) => {
    const { port } = await sendTape("tcp://127.0.0.1:0?maxBacklogMs=30000", codec, finished);
    await expectPictures(`tcpclientsrc host=127.0.0.1 port=${port}`, codec, finished);
  });

  const unicast = CODECS.flatMap((codec) => [
    [codec, "raw", "udpsrc"] as const,
    [codec, "ts", "udpsrc ! tsdemux"] as const,
    [codec, "ts", "udpsrc ! tsparse ! tsdemux"] as const,
    [codec, "rtp", `udpsrc ! rtp${codec}depay`] as const,
  ]);
  it.concurrent.for(unicast)("%s over UDP, format=%s: %s", async ([codec, format, source], { onTestFinished }) => {
    const port = await freeUdpPort();
    await sendTape(`udp://127.0.0.1:${port}?${await query(format, onTestFinished)}`, codec, onTestFinished);
    const udpsrc = `udpsrc address=127.0.0.1 port=${port} ${caps(format, codec)}`;
    await expectPictures(source.replace("udpsrc", udpsrc), codec, onTestFinished);
  });

  it.concurrent.for([
    ["raw", "udpsrc"],
    ["ts", "udpsrc ! tsdemux"],
    ["rtp", "udpsrc ! rtph264depay"],
  ] as const)("h264 to a multicast group, format=%s: %s", async ([format, source], { onTestFinished }) => {
    const port = await freeUdpPort();
    const parameters = `${await query(format, onTestFinished)}&interface=${LOOPBACK}`;
    await sendTape(`udp://${GROUP}:${port}?${parameters}`, "h264", onTestFinished);
    const joined = `udpsrc address=${GROUP} port=${port} auto-multicast=true multicast-iface=${LOOPBACK}`;
    await expectPictures(source.replace("udpsrc", `${joined} ${caps(format, "h264")}`), "h264", onTestFinished);
  });

  const described = (["H.264 over RTP", "H.265 over RTP"] as const).flatMap((stream) => [
    [stream, "filesrc location=PATH ! sdpdemux latency=50"] as const,
    [stream, "sdpsrc location=sdp://PATH"] as const,
  ]);
  it.concurrent.for(described)("%s, as its SDP file tells: %s", async ([stream, source], { onTestFinished }) => {
    const { codec } = PEER_STREAMS[stream];
    const path = await serve(stream, onTestFinished);
    await expectPictures(`${source.replace("PATH", path)} ! rtp${codec}depay`, codec, onTestFinished);
  });
});

type Format = "raw" | "ts" | "rtp";

/** What udpsrc cannot find out by itself. */
function caps(format: Format, codec: NalCodecName): string {
  const encoding = `encoding-name=${codec.toUpperCase()}`;
  return format === "rtp" ? `caps=application/x-rtp,media=video,clock-rate=90000,${encoding},payload=96` : "";
}

/** What comes behind the question mark; the description that goes with RTP is kept out of the working directory. */
async function query(format: Format, finished: Finished): Promise<string> {
  return format === "rtp" ? `format=rtp&sdp=${await peerFolder(finished)}/stream.sdp` : `format=${format}`;
}
