import { Command, InvalidArgumentError, Option } from "commander";
import { CAMERA_ID_RULE, isCameraId } from "../server/gateway/camera-id.js";
import { count, logLevelOption, portNumber, seconds } from "./arguments.js";
import { type CommandContext, runCommand } from "./run-command.js";
import type { SendOptions } from "./send-options.js";

const EXAMPLES = `
Cameras:
  rpicam[:camera][?width&height&fps&bitrate&gop&codec&jpegQuality&profile&level&hflip&vflip&rotation&tuningFile&sync]
  v4l2[:device][?width&height&fps&bitrate&gop&codec]
  webcam[:device][?width&height&fps&bitrate&gop&codec]
  pattern[?width&height&fps&bitrate&gop&codec&label]
  file[:path][?bitrate&gop]
Outputs:
  tcp://:8000                     many clients; ?join=gop|keyframe&maxBacklogMs=250&maxClients=64
  tcp://host:8000?connect=1       to a receiver that listens
  rtsp://:8554/stream             many players; rtsp://user:password@:8554/stream asks for a password
  rtsp-push://host:8554/cam       to another RTSP server, which serves it on
  udp://host:5000                 one receiver, or a multicast group; ?format=raw|ts|rtp&ttl=1&interface=eth0
  chunked-udp://:9999             JPEGs through NAT; ?token=SECRET&allow=192.0.2.0/24 for those on the internet
  mjpeg-tcp://:8888               JPEGs to clients that know nothing else; ?length=8|4&payload=pickle|jpeg
  web://:8080                     a page for any browser, and MJPEG for anything; ?camera=left
  webrtc+http://host:8080/stream  to a gateway, encrypted; ?camera=left&token=SECRET
  whip+https://host/whip/cam      to any server of WHIP; ?token=SECRET

Examples:
  glasslink send                  on a terminal asks which camera, and which way
  glasslink send --camera rpicam:1 --width 1280 --height 720 --hflip
  glasslink send --output tcp://:8000 --output web://:8080 --telemetry mavlink-udp://:14550
  glasslink send --camera v4l2:/dev/video0 --output tcp://:8000 --output udp://239.1.1.1:5000
  glasslink send --camera pattern --fps 60 --bitrate 4M --output "udp://192.168.1.7:5000?format=rtp"
  glasslink send --camera pattern --codec mjpeg --output "chunked-udp://:9999?token=SECRET"
  glasslink send --output webrtc+http://192.168.1.100:8080 --camera-id left
  glasslink send --config config.yml

Environment: CONFIG_PATH names the configuration, SERVER_URL, LEFT_CAMERA_ID and RIGHT_CAMERA_ID go before what it says.`;

/** `glasslink send`: a camera to any number of outputs. */
export function sendCommand(): Command {
  return new Command("send")
    .summary("send a camera")
    .description("Sends a camera, or those of a configuration, to any number of outputs, until Ctrl-C.")
    .option("--camera <camera>", "which camera (default: the Raspberry Pi's first)")
    .addOption(
      new Option("--output <url>", "where to send; may be given several times")
        .default([], "tcp://:8000")
        .argParser((text: string, before: string[]) => [...before, text]),
    )
    .option("--width <pixels>", "width of the picture")
    .option("--height <pixels>", "height of the picture")
    .option("--fps <n>", "pictures a second")
    .option("--bitrate <bits>", "bits a second, such as 2M or 500k", bits)
    .option("--gop <n>", "pictures from one keyframe to the next (default: one second of them)", wholeNumber)
    .option("--codec <name>", "h264, h265 or mjpeg")
    .option("--profile <name>", "H.264 profile: baseline, main or high")
    .option("--level <level>", "H.264 level: 4, 4.1 or 4.2")
    .option("--hflip", "mirror left and right")
    .option("--vflip", "mirror top and bottom")
    .option("--rotation <degrees>", "0 or 180")
    .option("--tuning <file>", "tuning file of the Raspberry Pi's camera")
    .option("--sync <role>", "of two Raspberry Pi cameras that keep time with each other: server or client")
    .option("--config <file>", "several cameras and where they go, YAML (default: the variable CONFIG_PATH)")
    .option("--no-mock", "with --config: fail where a camera is not there, instead of showing the test pattern")
    .option("--camera-id <id>", "what web pages and gateways call the camera", cameraId)
    .addOption(
      new Option("--token <token>", "what gateways and WHIP servers ask for, and clients of chunked-udp must know").env(
        "GLASSLINK_TOKEN",
      ),
    )
    .option("--no-stamp", "send no frame stamps: receivers cannot tell latency and loss")
    .option("--telemetry <url>", "hear the vehicle: mavlink-udp://:14550, mavlink-serial:/dev/ttyAMA0:921600")
    .option("--telemetry-rate <n>", "snapshots of telemetry a second (default: 10)", snapshotRate)
    .option("--telemetry-port <n>", "port of telemetry, by socket.io (default: 8001)", portNumber)
    .option("--tls-cert <file>", "certificate, PEM: HTTPS for web outputs and telemetry; with --tls-key")
    .option("--tls-key <file>", "its key, PEM")
    .option("--jpeg-quality <n>", "of JPEGs that are made for outputs, 1 to 100 (default: 80)", jpegQuality)
    .option("--seconds <s>", "end after so many seconds", seconds)
    .addOption(logLevelOption("info"))
    .option("--log-file <path>", "log to this file too, and warnings and errors also to <name>_errors; 5 of 10 MB each")
    .addHelpText("after", EXAMPLES)
    .action((options: SendOptions, command: Command) =>
      runCommand(options, async (context) => {
        // The sender is loaded only here: help and the other commands start sooner without.
        const { runSend } = await import("./run-send.js");
        await runSend(isToAsk(command) ? await askOptions(context) : options, context);
      }),
    );
}

/** Whether nothing says what to send, and somebody is there who can. */
function isToAsk(command: Command): boolean {
  const { CONFIG_PATH, SERVER_URL } = process.env;
  const isGiven = Object.keys(command.opts()).some((name) => command.getOptionValueSource(name) === "cli");
  return !isGiven && !CONFIG_PATH && !SERVER_URL && process.stdin.isTTY && process.stdout.isTTY;
}

/** Options as if they had been typed. */
async function askOptions(context: CommandContext): Promise<SendOptions> {
  const { sendMenu } = await import("./send-menu.js");
  const words = await sendMenu(context);
  const typed = sendCommand().action(() => {});
  return typed.parse(words, { from: "user" }).opts<SendOptions>();
}

function wholeNumber(text: string): string {
  return String(count(text));
}

function cameraId(text: string): string {
  if (isCameraId(text)) return text;
  throw new InvalidArgumentError(`It must be ${CAMERA_ID_RULE}.`);
}

function jpegQuality(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 100) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 100.");
}

function bits(text: string): string {
  const parts = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  if (!parts) throw new InvalidArgumentError("It must be a number of bits a second, such as 2000000, 500k or 2M.");
  return String(Math.round(Number(parts[1]) * ({ k: 1_000, M: 1_000_000 }[parts[2] as "k" | "M"] ?? 1)));
}

function snapshotRate(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0.1 && value <= 50) return value;
  throw new InvalidArgumentError("It must be a number from 0.1 to 50.");
}
