import type { Size } from "../clip/make-clip.js";
import { type Programs, piped, script } from "../processes/receiver-commands.js";
import { ownReceiver, type ReceiverCommand } from "../processes/start-receiver.js";

/** What a contender is run with. */
export interface ContenderRun {
  /** Of our Sender: H.264 with the next picture's delimiter right behind each picture. */
  url: string;
  /** Of the plain server: no delimiters, no stamps. */
  plainUrl: string;
  size: Size;
  seconds: number;
}

/** A receiver that is measured. */
export interface Contender {
  name: string;
  /** Set for the rows that goals are about. */
  goal?: "ours" | "ours-plain" | "ffmpeg-low-latency";
  /** How it is run, in short; for the table. */
  how: string;
  command(run: ContenderRun): ReceiverCommand;
}

const RAW = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
const LOW_LATENCY = ["-fflags", "nobuffer", "-flags", "low_delay"];
const TUNED = ["-flags", "low_delay", "-threads", "1", "-probesize", "32", "-analyzeduration", "0"];

/** Every receiver that is measured, ours first. */
export function contenders({ ffmpeg, python }: Programs): Contender[] {
  const ownOn = (stream: "url" | "plainUrl") => (run: ContenderRun) =>
    ownReceiver({ url: run[stream], seconds: run.seconds, consumer: "keen" });
  const ffmpegOn =
    (stream: "url" | "plainUrl", input: string[] = [], output: string[] = []) =>
    (run: ContenderRun) =>
      piped(run, ffmpeg, ["-v", "error", "-nostdin", ...input, "-i", run[stream], ...output, ...RAW]);
  return [
    { name: "glasslink", goal: "ours", how: "`new Receiver(url)`", command: ownOn("url") },
    {
      name: "glasslink, plain stream",
      goal: "ours-plain",
      how: "the same; the stream as rpicam-vid sends it: no delimiter, no stamp, joined at a keyframe",
      command: ownOn("plainUrl"),
    },
    { name: "ffmpeg", how: "`ffmpeg -i URL -f rawvideo -pix_fmt rgb24 -`", command: ffmpegOn("url") },
    {
      name: "ffmpeg, low latency",
      goal: "ffmpeg-low-latency",
      how: `with \`${LOW_LATENCY.join(" ")}\``,
      command: ffmpegOn("url", LOW_LATENCY),
    },
    {
      name: "ffmpeg, low latency, plain stream",
      how: "the same, on the stream as rpicam-vid sends it",
      command: ffmpegOn("plainUrl", LOW_LATENCY),
    },
    {
      name: "ffmpeg, tuned",
      how: `with \`${TUNED.join(" ")}\`, and \`-threads 1\` again on the output`,
      command: ffmpegOn("url", TUNED, ["-threads", "1"]),
    },
    {
      name: "GStreamer",
      how: "`tcpclientsrc ! h264parse ! avdec_h264 max-threads=1 ! videoconvert ! fdsink sync=false`",
      command: (run) => piped(run, "gst-launch-1.0", pipeline(run.url)),
    },
    {
      name: "OpenCV",
      how: "`cv2.VideoCapture(url)`, FFmpeg backend",
      command: ({ url, seconds }) => script(python, "opencv_latency", url, String(seconds)),
    },
    {
      name: "PyAV",
      how: "a socket, `codec.parse`, `codec.decode` with `low_delay`, `to_ndarray`",
      command: ({ url, seconds }) => script(python, "pyav_latency", "127.0.0.1", new URL(url).port, String(seconds)),
    },
  ];
}

function pipeline(url: string): string[] {
  const source = `tcpclientsrc host=127.0.0.1 port=${new URL(url).port}`;
  const decode = "h264parse ! avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=RGB";
  return ["-q", ...`${source} ! ${decode} ! fdsink fd=1 sync=false`.split(" ")];
}
