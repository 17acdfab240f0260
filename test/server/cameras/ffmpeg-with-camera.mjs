// Opens a numbered moving picture in place of the camera, coded as the input options ask. Everything else goes to the
// real ffmpeg. WEBCAM_LOG is a file to which each call adds its arguments as one line of JSON.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { picture } from "../../fixtures/rpicam-vid-pictures.mjs";

const args = process.argv.slice(2);
const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

function main() {
  fs.appendFileSync(process.env.WEBCAM_LOG, `${JSON.stringify(args)}\n`);
  const input = args.indexOf("-i");
  const device = args.indexOf("-f");
  if (device < 0 || device > input) return run(args);
  const [width, height] = after("-video_size").split("x");
  const options = { width, height, framerate: after("-framerate"), hflip: false, vflip: false, rotation: "0" };
  const lavfi = ["-f", "lavfi", "-i", picture(options)];
  const coding = after("-input_format") ?? after("-vcodec");
  const CODERS = {
    h264: ["libx264", "-tune", "zerolatency", "-g", "5", "-threads", "1"],
    mjpeg: ["mjpeg", "-q:v", "4"],
  };
  if (CODERS[coding] === undefined) return run([...args.slice(0, device), ...lavfi, ...args.slice(input + 2)]);
  const camera = spawn(
    "ffmpeg",
    ["-v", "error", ...lavfi, "-c:v", ...CODERS[coding], "-flush_packets", "1", "-f", "nut", "-"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  run([...args.slice(0, device), "-f", "nut", "-i", "pipe:0", ...args.slice(input + 2)], camera);
}

function run(words, camera) {
  const ffmpeg = spawn("ffmpeg", words, { stdio: [camera?.stdout ?? "ignore", "inherit", "inherit"] });
  process.on("SIGTERM", () => {
    camera?.kill("SIGKILL");
    ffmpeg.kill("SIGKILL");
  });
  ffmpeg.on("exit", (code) => process.exit(code ?? 255));
}

main();
