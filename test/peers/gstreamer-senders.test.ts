import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { Receiver } from "../../lib/index.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";
import { PICTURE } from "../support/peer-pictures.js";
import { freeTcpPort, freeUdpPort, LOOPBACK } from "../support/peer-ports.js";
import { describePeers, type Finished, gstreamerElement, startGStreamer } from "../support/peer-program.js";

const { width, height, fps, gop } = PICTURE;
const FRAMES = 45;
const X264 = `x264enc tune=zerolatency speed-preset=ultrafast threads=1 bitrate=1000 key-int-max=${gop}`;
const X265 = `x265enc tune=zerolatency speed-preset=ultrafast bitrate=1000 key-int-max=${gop} option-string=pools=1`;

/** GStreamer sends what ffmpeg draws: pictures with their number, in real time. */
function send(pipeline: string, finished: Finished): void {
  const picture = [`testsrc2=size=${width}x${height}:rate=${fps}`, ...counterFilters(width, height), "realtime"];
  const args = ["-v", "error", "-f", "lavfi", "-i", picture.join(","), "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe"];
  const camera = spawn("ffmpeg", [...args, "pipe:1"], { stdio: ["ignore", "pipe", "ignore"] });
  const gone = once(camera, "exit");
  finished(async () => {
    camera.kill("SIGKILL");
    await gone;
  });
  const { stdin } = startGStreamer(`fdsrc ! y4mdec ! ${pipeline}`, finished);
  camera.stdout.pipe(stdin);
}

interface Received {
  numbers: (number | undefined)[];
  codec: string | null;
  lost: number;
  dropped: number;
}

/** The first frames, by the number in their pixels. */
async function receive(url: string, finished: Finished): Promise<Received> {
  // A machine that is too busy falls behind; opening the stream anew would lose pictures that nobody counts.
  const receiver = new Receiver(url, { hwaccel: "none", stallTimeoutMs: 20_000, maxLagMs: 60_000 });
  finished(() => receiver.close());
  const numbers: (number | undefined)[] = [];
  await new Promise<void>((resolve) => {
    receiver.on("frame", ({ data, ...size }) => {
      numbers.push(readFrameCounter(data, size.width, size.height));
      if (numbers.length === FRAMES) resolve();
    });
  });
  const { codec, lost, dropped } = receiver.stats();
  return { numbers, codec, lost, dropped };
}

/** Pictures can be read, and each is later than the one before. */
function expectMoving({ numbers }: Received): void {
  expect(numbers).not.toContain(undefined);
  expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)));
  expect(new Set(numbers).size).toBe(FRAMES);
}

/** Every picture arrived whole; what was not shown, on a machine that is busy, was counted. */
function expectComplete(received: Received, codec: NalCodecName): void {
  expectMoving(received);
  const { numbers, dropped, lost } = received;
  expect({ codec: received.codec, lost }).toEqual({ codec, lost: 0 });
  expect(dropped).toBeGreaterThanOrEqual(Number(numbers.at(-1)) - Number(numbers[0]) + 1 - FRAMES);
}

const BYTE_STREAM = "video/x-h264,stream-format=byte-stream";
const UDP = "udpsink host=127.0.0.1 port=PORT sync=false";
const GROUP = "239.1.1.1";
const MULTICAST = `udpsink host=${GROUP} port=PORT auto-multicast=true multicast-iface=${LOOPBACK} sync=false`;

const H264_OVER_UDP = [
  ["raw, a picture a datagram", `h264parse config-interval=-1 ! ${BYTE_STREAM},alignment=au`],
  ["raw, a NAL unit a datagram", `h264parse config-interval=-1 ! ${BYTE_STREAM},alignment=nal`],
  ["MPEG-TS", "h264parse config-interval=-1 ! mpegtsmux alignment=7"],
  ["RTP", "rtph264pay config-interval=-1"],
  ["RTP in aggregates", "rtph264pay config-interval=-1 aggregate-mode=zero-latency"],
  ["MPEG-TS in RTP", "h264parse config-interval=-1 ! mpegtsmux alignment=7 ! rtpmp2tpay"],
] as const;

describePeers("H.264 that GStreamer sends", ["ffmpeg", "gst-launch-1.0", gstreamerElement("x264enc")], () => {
  it.concurrent.for(H264_OVER_UDP)("%s over UDP", async ([_name, packing], { onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const received = receive(`udp://127.0.0.1:${port}`, finished);
    send(`${X264} ! ${packing} ! ${UDP}`.replace("PORT", `${port}`), finished);
    expectComplete(await received, "h264");
  });

  // A sender that is kept waiting between two datagrams of a picture looks like one that has sent all of it.
  it.concurrent("raw in datagrams of any size over UDP", async ({ onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const received = receive(`udp://127.0.0.1:${port}`, finished);
    send(`${X264} ! ${BYTE_STREAM} ! rndbuffersize min=1 max=1452 ! ${UDP}`.replace("PORT", `${port}`), finished);
    expectMoving(await received);
  });

  it.concurrent.for([
    ["raw", `${BYTE_STREAM},alignment=au`],
    ["MPEG-TS", "mpegtsmux alignment=7"],
    ["RTP", "rtph264pay config-interval=-1"],
  ])("%s to a multicast group", async ([_name, packing], { onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const received = receive(`udp://${GROUP}:${port}`, finished);
    send(`${X264} ! h264parse config-interval=-1 ! ${packing} ! ${MULTICAST}`.replace("PORT", `${port}`), finished);
    expectComplete(await received, "h264");
  });

  it.concurrent.for([
    ["raw", `${BYTE_STREAM},alignment=au`],
    ["raw without delimiters", `${BYTE_STREAM},alignment=au`, "aud=false"],
    ["MPEG-TS", "mpegtsmux"],
  ])("%s over TCP, GStreamer waiting for us", async ([_name, packing, encoder = ""], { onTestFinished: finished }) => {
    const port = await freeTcpPort();
    const sink = `tcpserversink host=127.0.0.1 port=${port} sync=false`;
    send(`${X264} ${encoder} ! h264parse config-interval=-1 ! ${packing} ! ${sink}`, finished);
    expectComplete(await receive(`tcp://127.0.0.1:${port}`, finished), "h264");
  });

  it.concurrent("raw over TCP, GStreamer connecting to us", async ({ onTestFinished: finished }) => {
    const port = await freeTcpPort();
    const received = receive(`tcp://127.0.0.1:${port}?listen=1`, finished);
    send(`${X264} ! ${BYTE_STREAM} ! tcpclientsink host=127.0.0.1 port=${port} sync=false`, finished);
    expectComplete(await received, "h264");
  });
});

describePeers("H.265 that GStreamer sends", ["ffmpeg", "gst-launch-1.0", gstreamerElement("x265enc")], () => {
  it.concurrent.for([
    ["raw", "video/x-h265,stream-format=byte-stream,alignment=au"],
    ["MPEG-TS", "mpegtsmux alignment=7"],
    ["RTP", "rtph265pay config-interval=-1"],
  ])("%s over UDP", async ([_name, packing], { onTestFinished: finished }) => {
    const port = await freeUdpPort();
    const received = receive(`udp://127.0.0.1:${port}`, finished);
    send(`${X265} ! h265parse config-interval=-1 ! ${packing} ! ${UDP}`.replace("PORT", `${port}`), finished);
    expectComplete(await received, "h265");
  });
});
