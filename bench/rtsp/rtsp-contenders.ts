import type { Contender, ContenderRun } from "../latency/contenders.js";
import { type Programs, piped, script } from "../processes/receiver-commands.js";
import { ownReceiver } from "../processes/start-receiver.js";

/** Milliseconds that a receiver needed with a plain RTSP server when this one was designed: not to be exceeded. */
export interface Reference {
  p50: number;
  /** To the first frame, where the current group of pictures is sent at once, and where the next keyframe is awaited. */
  firstFrameGop: number;
  firstFrameKeyframe: number;
}

/** A receiver of RTSP that is measured. */
export interface RtspContender extends Contender {
  /** What its p50 must not exceed; for our own receiver. */
  limitMs?: number;
  reference?: Reference;
  /** Set where it receives by `tcp://`; then nothing is measured that begins at a keyframe. */
  withoutRtsp?: true;
  /** Set where the server puts a delimiter behind each picture; likewise. */
  aud?: true;
}

const RAW = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
const LOW_LATENCY = ["-fflags", "nobuffer", "-flags", "low_delay"];
const TUNED = ["-flags", "low_delay", "-threads", "1", "-probesize", "32", "-analyzeduration", "0"];
const OPENCV_TUNED = "rtsp_transport;tcp|flags;low_delay|probesize;32|analyzeduration;0";

/** Every receiver of RTSP that is measured, ours first. */
export function rtspContenders({ ffmpeg, python }: Programs): RtspContender[] {
  const own = (transport: string, limitMs: number): RtspContender => ({
    name: `glasslink, ${transport}`,
    how: `\`new Receiver("rtsp://…?transport=${transport}")\``,
    limitMs,
    command: ({ url, seconds }) => ownReceiver({ url: `${url}?transport=${transport}`, seconds, consumer: "keen" }),
  });
  const ffmpegWith =
    (input: string[] = [], output: string[] = []) =>
    (run: ContenderRun) =>
      piped(run, ffmpeg, [
        ...["-v", "error", "-nostdin", "-rtsp_transport", "tcp", ...input, "-i", run.url],
        ...[...output, ...RAW],
      ]);
  const pyav = ({ url, seconds }: ContenderRun) => script(python, "pyav_rtsp_latency", url, String(seconds));
  const openCv =
    (options: string) =>
    ({ url, seconds }: ContenderRun) => ({
      command: "env",
      args: [
        `OPENCV_FFMPEG_CAPTURE_OPTIONS=${options}`,
        ...Object.values(script(python, "opencv_latency", url, String(seconds))).flat(),
      ],
    });
  const tuned: RtspContender = {
    name: "ffmpeg, tuned",
    how: `with \`${TUNED.join(" ")}\`, and \`-threads 1\` again on the output`,
    reference: { p50: 35, firstFrameGop: 96, firstFrameKeyframe: 285 },
    command: ffmpegWith(TUNED, ["-threads", "1"]),
  };
  const pyavTuned: RtspContender = {
    name: "PyAV, tuned",
    how: "`av.open` with `probesize=32`, `analyzeduration=0`; `low_delay`, one thread",
    reference: { p50: 36, firstFrameGop: 165, firstFrameKeyframe: 407 },
    command: pyav,
  };
  return [
    own("tcp", 3),
    own("udp", 4),
    {
      name: "glasslink, without RTSP",
      how: '`new Receiver("tcp://…")`, to compare with',
      withoutRtsp: true,
      command: ({ url, seconds }) => ownReceiver({ url, seconds, consumer: "keen" }),
    },
    {
      name: "ffmpeg",
      how: "`ffmpeg -rtsp_transport tcp -i URL -f rawvideo -pix_fmt rgb24 -`",
      reference: { p50: 135, firstFrameGop: 428, firstFrameKeyframe: 1423 },
      command: ffmpegWith(),
    },
    {
      name: "ffmpeg, low latency",
      how: `with \`${LOW_LATENCY.join(" ")}\``,
      reference: { p50: 69, firstFrameGop: 423, firstFrameKeyframe: 1310 },
      command: ffmpegWith(LOW_LATENCY),
    },
    tuned,
    withAud(tuned),
    {
      name: "GStreamer",
      how: "`rtspsrc latency=0 ! rtph264depay ! avdec_h264 max-threads=1 ! videoconvert ! fdsink sync=false`",
      reference: { p50: 1.9, firstFrameGop: 116, firstFrameKeyframe: 287 },
      command: (run) => piped(run, "gst-launch-1.0", pipeline(run.url)),
    },
    {
      name: "OpenCV",
      how: "`cv2.VideoCapture(url)`, FFmpeg backend",
      reference: { p50: 72, firstFrameGop: 1147, firstFrameKeyframe: 2129 },
      command: openCv("rtsp_transport;tcp"),
    },
    {
      name: "OpenCV, tuned",
      how: `with \`OPENCV_FFMPEG_CAPTURE_OPTIONS='${OPENCV_TUNED.replaceAll("|", "\\|")}'\``,
      reference: { p50: 72, firstFrameGop: 383, firstFrameKeyframe: 1156 },
      command: openCv(OPENCV_TUNED),
    },
    pyavTuned,
    withAud(pyavTuned),
  ];
}

function withAud({ name, command }: RtspContender): RtspContender {
  return { name: `${name}, aud=1`, how: "the same; the server's URL says `aud=1`", command, aud: true };
}

function pipeline(url: string): string[] {
  const source = `rtspsrc location=${url} protocols=tcp latency=0`;
  const decode = "rtph264depay ! h264parse ! avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=RGB";
  return ["-q", ...`${source} ! ${decode} ! fdsink fd=1 sync=false`.split(" ")];
}
