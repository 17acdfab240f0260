import { fileURLToPath } from "node:url";
import type { ChildProcess } from "../../lib/child-process.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { LOOPBACK } from "./peer-ports.js";
import {
  type Finished,
  gstreamerElement,
  type PeerNeed,
  PYTHON,
  pythonModule,
  startGStreamer,
  startPeer,
} from "./peer-program.js";

/** How RTP comes. */
export const RTSP_TRANSPORTS = ["udp", "tcp", "multicast"] as const;
export type RtspTransport = (typeof RTSP_TRANSPORTS)[number];

/** What a player is asked to play. */
export interface RtspPlay {
  url: string;
  codec: RtpCodecName;
  transport: RtspTransport;
}

/** A program that writes what it plays to its stdout, as rgb24 or bgr24. */
export interface RtspPlayer {
  needs: readonly (string | PeerNeed)[];
  start(play: RtspPlay, finished: Finished): ChildProcess;
}

const RGB24 = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1"];
const LAVF_TRANSPORTS = { udp: "udp", tcp: "tcp", multicast: "udp_multicast" } as const;
const GST_TRANSPORTS = { udp: "udp", tcp: "tcp", multicast: "udp-mcast" } as const;
const DECODERS = {
  h264: "rtph264depay ! h264parse ! avdec_h264 max-threads=1",
  h265: "rtph265depay ! h265parse ! avdec_h265 max-threads=1",
  mjpeg: "rtpjpegdepay ! jpegdec",
  vp8: "rtpvp8depay ! vp8dec threads=1",
} as const;

/** Players of RTSP, by the name in a test's title. */
export const RTSP_PLAYERS = {
  ffmpeg: {
    needs: ["ffmpeg"],
    start({ url, transport }, finished) {
      const args = ["-v", "error", "-rtsp_transport", LAVF_TRANSPORTS[transport], "-i", url, ...RGB24];
      return startPeer("ffmpeg", args, finished);
    },
  },
  GStreamer: {
    needs: ["gst-launch-1.0", gstreamerElement("rtspsrc"), gstreamerElement("avdec_h264")],
    start({ url, codec, transport }, finished) {
      const source = `rtspsrc location=${url} protocols=${GST_TRANSPORTS[transport]} multicast-iface=${LOOPBACK}`;
      const pixels = "videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false";
      return startGStreamer(`${source} latency=200 ! ${DECODERS[codec]} ! ${pixels}`, finished);
    },
  },
  mpv: {
    needs: ["mpv"],
    start({ url, transport }, finished) {
      const toPixels = ["--vf=format=rgb24", "--of=rawvideo", "--ovc=rawvideo", "--o=pipe:1"];
      const player = ["--no-config", "--really-quiet", "--no-audio", `--rtsp-transport=${LAVF_TRANSPORTS[transport]}`];
      return startPeer("mpv", [...player, ...toPixels, url], finished);
    },
  },
  "OpenCV's VideoCapture": {
    needs: [PYTHON, pythonModule("cv2")],
    start({ url, transport }, finished) {
      const options = `OPENCV_FFMPEG_CAPTURE_OPTIONS=rtsp_transport;${LAVF_TRANSPORTS[transport]}`;
      return startPeer("env", [options, PYTHON, scriptPath("opencv_pictures.py"), url], finished);
    },
  },
  PyAV: {
    needs: [PYTHON, pythonModule("av")],
    start({ url, transport }, finished) {
      const options = [`rtsp_transport=${LAVF_TRANSPORTS[transport]}`];
      return startPeer(PYTHON, [scriptPath("pyav_pictures.py"), url, ...options], finished);
    },
  },
} as const satisfies Record<string, RtspPlayer>;

/** A name in {@link RTSP_PLAYERS}. */
export type RtspPlayerName = keyof typeof RTSP_PLAYERS;

function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
}
