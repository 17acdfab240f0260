import { setTimeout } from "node:timers/promises";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { StreamError, silentLogger, systemClock } from "../lib/index.js";
import { cameraUsage } from "../server/cameras/parse-camera.js";
import { readRpicamCapabilities } from "../server/cameras/rpicam-capabilities.js";
import { parseCamera, Sender, type SenderStats } from "../server/index.js";
import type { WebAdditions } from "../server/outputs/web-url.js";
import { parseTelemetryUrl } from "../server/telemetry/telemetry-url.js";
import { count, logLevelOption, portNumber, seconds } from "./arguments.js";
import type { LogLevel } from "./logger.js";
import { receiveHint } from "./receive-command.js";
import { type CommandContext, runCommand } from "./run-command.js";
import { openSendOutputs } from "./send-outputs.js";
import { SendTelemetry, type SendTelemetryOptions, snapshotRate } from "./send-telemetry.js";

const EXAMPLES = `
Cameras:
${cameraUsage()
  .map((line) => `  ${line}`)
  .join("\n")}
Outputs:
  tcp://:8000                     many clients; ?join=gop|keyframe&maxBacklogMs=250&maxClients=64
  tcp://host:8000?connect=1       to a receiver that listens
  rtsp://:8554/stream             many players; rtsp://user:password@:8554/stream asks for a password
  udp://host:5000                 one receiver, or a multicast group; ?format=raw|ts|rtp&ttl=1&interface=eth0
  web://:8080                     a page for any browser, and MJPEG for anything; ?camera=left

Examples:
  glasslink send
  glasslink send --camera rpicam:1 --width 1280 --height 720 --hflip
  glasslink send --output tcp://:8000 --output web://:8080 --telemetry mavlink-udp://:14550
  glasslink send --camera v4l2:/dev/video0 --output tcp://:8000 --output udp://239.1.1.1:5000
  glasslink send --camera pattern --fps 60 --bitrate 4M --output "udp://192.168.1.7:5000?format=rtp"`;

/** The options that are handed to the camera; their values are checked there. */
const CAMERA_OPTIONS = {
  width: "width",
  height: "height",
  fps: "fps",
  bitrate: "bitrate",
  gop: "gop",
  codec: "codec",
  profile: "profile",
  level: "level",
  hflip: "hflip",
  vflip: "vflip",
  rotation: "rotation",
  tuning: "tuningFile",
} as const;

/** Options of `glasslink send` as they were parsed; those of the camera are not checked yet. */
export interface SendOptions extends Partial<Record<keyof typeof CAMERA_OPTIONS, string | true>>, SendTelemetryOptions {
  camera?: string;
  output: string[];
  tlsCert?: string;
  tlsKey?: string;
  jpegQuality?: number;
  seconds?: number;
  stamp: boolean;
  logLevel: LogLevel;
  logFile?: string;
}

/** `glasslink send`: a camera to any number of outputs. */
export function sendCommand(): Command {
  return new Command("send")
    .summary("send a camera")
    .description("Sends a camera to any number of outputs, until Ctrl-C.")
    .option("--camera <camera>", "which camera (default: the Raspberry Pi's first)")
    .option("--output <url>", "where to send; may be given several times (default: tcp://:8000)", collect, [])
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
    .option("--no-stamp", "send no frame stamps: receivers cannot tell latency and loss")
    .option("--telemetry <url>", "hear the vehicle: mavlink-udp://:14550, mavlink-serial:/dev/ttyAMA0:921600")
    .option("--telemetry-rate <n>", "snapshots of telemetry a second (default: 10)", snapshotRate)
    .option("--telemetry-port <n>", "port of telemetry, by socket.io (default: 8001)", portNumber)
    .option("--tls-cert <file>", "certificate, PEM: HTTPS for web outputs and telemetry; with --tls-key")
    .option("--tls-key <file>", "its key, PEM")
    .option("--jpeg-quality <n>", "of the MJPEG of web outputs, 1 to 100 (default: 80)", jpegQuality)
    .option("--seconds <s>", "end after so many seconds", seconds)
    .addOption(logLevelOption("info"))
    .option("--log-file <path>", "log to this file too, and warnings and errors also to <name>_errors; 5 of 10 MB each")
    .addHelpText("after", EXAMPLES)
    .action((options: SendOptions) => runCommand(options, (context) => send(options, context)));
}

/**
 * Options of `glasslink send`, checked as it would check them; nothing is started.
 * @throws StreamError `invalid-option`, `invalid-url`
 */
export function checkSendOptions(words: readonly string[]): SendOptions {
  const silent = { writeErr: () => {}, writeOut: () => {} };
  const command = sendCommand()
    .exitOverride()
    .configureOutput(silent)
    .action(() => {});
  try {
    command.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const reason = error.exitCode === 0 ? `${words.join(" ")} asks only for help` : error.message;
    throw new StreamError("invalid-option", `send options: ${reason.replace(/^error: /, "")}`);
  }
  const options = command.opts<SendOptions>();
  parseCamera(cameraSpecification(options.camera ?? "rpicam", options));
  openSendOutputs(options.output, {});
  if (options.telemetry !== undefined) parseTelemetryUrl(options.telemetry);
  return options;
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

function wholeNumber(text: string): string {
  return String(count(text));
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

async function send(options: SendOptions, context: CommandContext): Promise<void> {
  const { signal, logger, print } = context;
  const limits: Promise<unknown>[] = [];
  if (options.seconds !== undefined) limits.push(setTimeout(options.seconds * 1_000, undefined, { ref: false }));
  const camera = parseCamera(cameraSpecification(options.camera ?? (await defaultCamera(signal)), options));
  signal.throwIfAborted();
  const urls = options.output.length > 0 ? options.output : ["tcp://:8000"];
  const tls = { certPath: options.tlsCert, keyPath: options.tlsKey };
  await using telemetry = await SendTelemetry.open(options, tls, context);
  const outputs = openSendOutputs(urls, webAdditions(options, telemetry));
  await using sender = new Sender({ camera, outputs, stamp: options.stamp, logger });
  let trouble: StreamError | undefined;
  sender.on("warning", (warning) => {
    trouble = warning;
  });
  const ended = new Promise<void>((resolve, reject) => {
    sender.on("error", reject);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  ended.catch(() => {});
  let ready = false;
  const announced = sender.ready.then(() => {
    ready = true;
    print(sender.stats().camera);
    for (const [index, { url }] of sender.outputs.entries()) {
      print(`${url}  ${receiveHint(url, urls[index] ?? url, { isSecure: options.tlsCert !== undefined })}`);
    }
    if (telemetry) print(`${telemetry.url}  telemetry of ${options.telemetry}`);
    context.ready(sender.stats().camera);
    return ended;
  });
  await Promise.race([announced, ended, ...limits]);
  if (signal.aborted || (ready && sender.stats().outputs.some(wasOpen))) return;
  const reason = trouble?.message ?? `${sender.stats().camera}: no picture came`;
  const message = `nothing was sent in ${options.seconds} s: ${reason}`;
  throw new StreamError(trouble?.code ?? "stalled", message, { cause: trouble });
}

function webAdditions(options: SendOptions, telemetry: SendTelemetry | undefined): WebAdditions {
  const { tlsCert, tlsKey, jpegQuality } = options;
  return {
    ...(telemetry && { telemetry: telemetry.source }),
    ...((tlsCert ?? tlsKey) !== undefined && { tls: { certPath: tlsCert, keyPath: tlsKey } }),
    ...(jpegQuality !== undefined && { jpegQuality }),
  };
}

/** Whether anybody was or could have been sent something. */
function wasOpen({ sentBytes, restarts }: SenderStats["outputs"][number]): boolean {
  return sentBytes > 0 || Object.keys(restarts).length === 0;
}

function cameraSpecification(camera: string, options: SendOptions): string {
  const given = new URLSearchParams();
  for (const [option, name] of Object.entries(CAMERA_OPTIONS)) {
    const value = options[option as keyof typeof CAMERA_OPTIONS];
    if (value !== undefined) given.set(name, String(value));
  }
  if (given.size === 0) return camera;
  return `${camera}${camera.includes("?") ? "&" : "?"}${given}`;
}

async function defaultCamera(signal: AbortSignal): Promise<string> {
  try {
    const { cameras } = await readRpicamCapabilities({ clock: systemClock, logger: silentLogger }, signal);
    if (cameras.length > 0) return "rpicam";
  } catch (error) {
    // Programs that are ended while they are asked look like broken ones.
    signal.throwIfAborted();
    if (!(error instanceof StreamError) || error.code !== "camera-missing") throw error;
  }
  signal.throwIfAborted();
  const choices = "pattern (no hardware needed), rpicam[:n], v4l2:/dev/video0, webcam, file:clip.mp4";
  throw new StreamError("camera-missing", `no Raspberry Pi camera was found; choose one with --camera: ${choices}`);
}
