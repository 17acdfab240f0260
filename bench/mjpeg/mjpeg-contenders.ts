import type { Contender, ContenderRun } from "../latency/contenders.js";
import { type Programs, piped, script } from "../processes/receiver-commands.js";
import { ownReceiver } from "../processes/start-receiver.js";

/** The sender's outputs, one for each way of carrying JPEGs. */
export const MJPEG_OUTPUTS = {
  chunked: "chunked-udp://127.0.0.1:0",
  mjpegTcp: "mjpeg-tcp://127.0.0.1:0",
  tcp: "tcp://127.0.0.1:0",
  web: "web://127.0.0.1:0",
} as const;

/** A receiver of JPEGs that is measured. */
export interface MjpegContender extends Contender {
  /** The output that its URL is made of. */
  output: keyof typeof MJPEG_OUTPUTS;
  /** Where the clock starts: in front of the last chunk's sending, or when the picture is handed over. */
  from: "lastChunks" | "handedOver";
}

/** Every receiver of JPEGs that is measured, ours first. */
export function mjpegContenders({ ffmpeg, python }: Programs): MjpegContender[] {
  const own = (output: MjpegContender["output"], scheme: string): MjpegContender => ({
    name: `glasslink, ${scheme}`,
    how: `\`new Receiver("${scheme}…")\``,
    ...{ output, from: "handedOver" },
    command: ({ url, seconds }) => ownReceiver({ url, seconds, consumer: "keen" }),
  });
  const chunked = own("chunked", "chunked-udp://");
  const address = (url: string): string[] => [new URL(url).hostname, new URL(url).port];
  const raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
  const tuned = ["-flags", "low_delay", "-threads", "1", "-probesize", "32", "-analyzeduration", "0"];
  return [
    { ...chunked, goal: "ours", from: "lastChunks" },
    { ...chunked, name: `${chunked.name}, whole way`, how: "the same, from the handing over of the picture" },
    own("mjpegTcp", "mjpeg-tcp://"),
    own("tcp", "tcp://"),
    own("web", "http://"),
    {
      name: "Python, chunked UDP",
      how: "a client as they are in the field: `pickle.loads`, `cv2.imdecode`, `cv2.cvtColor`",
      ...{ output: "chunked", from: "lastChunks" },
      command: ({ url, seconds }) => script(python, "chunked_udp_client", ...address(url), String(seconds)),
    },
    {
      name: "OpenCV, http",
      how: "`cv2.VideoCapture(url)`, FFmpeg backend",
      ...{ output: "web", from: "handedOver" },
      command: ({ url, seconds }) => script(python, "opencv_latency", url, String(seconds)),
    },
    {
      name: "ffmpeg, http, tuned",
      how: `\`ffmpeg ${tuned.join(" ")} -i URL -threads 1 -f rawvideo -pix_fmt rgb24 -\``,
      ...{ output: "web", from: "handedOver" },
      command: (run: ContenderRun) =>
        piped(run, ffmpeg, ["-v", "error", "-nostdin", ...tuned, "-i", run.url, "-threads", "1", ...raw]),
    },
  ];
}

/** What receivers open, from the URLs of the running outputs. */
export function mjpegUrls(urls: readonly string[]): Record<MjpegContender["output"], string> {
  const [chunked, mjpegTcp, tcp, web] = urls as [string, string, string, string];
  return { chunked, mjpegTcp, tcp, web: `${web.replace(/^web:/, "http:").replace(/\/$/, "")}/stream.mjpg` };
}
