import { projectPath } from "../project-path.js";
import { COMPARED } from "./throughput-report.js";

/** A decoder that is measured. */
export interface DecoderUnderTest {
  name: string;
  how: string;
  command: string;
  args: string[];
  /** Whether the command tells its figures as JSON; else the whole command is measured, its start included. */
  reports: boolean;
}

const OURS_ON_FFMPEG = "-threads 1";
const RAW = "-fps_mode passthrough -f rawvideo -pix_fmt rgb24";

/** Every decoder that is measured, on the file at `path`. */
export function decoders(path: string, { ffmpeg, python }: { ffmpeg: string; python: string }): DecoderUnderTest[] {
  const own = (release: boolean) => ({
    command: process.execPath,
    args: [projectPath("dist/bench/throughput/decode-clip.js"), JSON.stringify({ path, release })],
    reports: true,
  });
  const alone = (threads: string, target: string) => ({
    command: "sh",
    args: ["-c", `${ffmpeg} -v error -nostdin ${threads} -i ${path} ${RAW} ${threads} ${target}`],
    reports: false,
  });
  const script = (name: string, ...args: string[]) => ({
    command: python,
    args: [projectPath(`bench/peers/${name}.py`), path, ...args],
    reports: true,
  });
  return [
    { name: COMPARED.ours, how: "`Decoder`, six pictures on the way, each frame released after use", ...own(true) },
    { name: "glasslink, frames kept", how: "the same; frames are left to the garbage collector", ...own(false) },
    {
      name: "ffmpeg to /dev/null",
      how: "one thread, as our decoder runs it",
      ...alone(OURS_ON_FFMPEG, "-y /dev/null"),
    },
    { name: "ffmpeg to a pipe", how: "the same, `| cat > /dev/null`", ...alone(OURS_ON_FFMPEG, "- | cat > /dev/null") },
    { name: "ffmpeg with threads", how: "as it comes, to /dev/null", ...alone("", "-y /dev/null") },
    { name: COMPARED.peer, how: "`container.decode`, `to_ndarray`, as it comes", ...script("pyav_throughput") },
    { name: "PyAV with threads", how: '`thread_type = "AUTO"`: frame threads', ...script("pyav_throughput", "AUTO") },
    { name: "OpenCV", how: "`VideoCapture.read`, as it comes: frame threads", ...script("opencv_throughput") },
  ];
}
