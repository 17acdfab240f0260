import { fileURLToPath } from "node:url";
import { StreamError } from "../errors.js";

/**
 * What comes out of a child:
 * - `packets`: NUT, one coded picture a packet
 * - `bytes`: what the network brought, as it was
 */
export type FfmpegOutput = "packets" | "bytes";

/** One way of having ffmpeg open a URL. */
export interface FfmpegInput {
  /** Up to and with `-i`. */
  args: string[];
  output: FfmpegOutput;
}

/** What decides the ways of opening a URL. */
export interface FfmpegInputOptions {
  /** How long opening may take. */
  connectTimeoutMs: number;
}

/** A child whose owner was killed must not wait for a silent server for ever; the watchdog is far quicker. */
const IO_TIMEOUT_US = 60_000_000;
/** What ffmpeg calls the ways of carrying RTP that `?transport=` names. */
const RTSP_TRANSPORTS: Readonly<Record<string, string>> = { tcp: "tcp", udp: "udp", multicast: "udp_multicast" };
/** These devices need their format named; what follows the colon is the device's name. */
const DEVICE = /^(avfoundation|dshow):(.+)$/is;
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;
/** Streams that come without a container: ffmpeg would hold two pictures of them back, our own parsers hold none. */
const BARE_STREAM = /^(?:srt|rist):|^https?:[^?#]*\.(?:ts|h264|264|h265|265|hevc)(?:[?#]|$)/i;

/**
 * One packet is enough to know streams that begin with their parameters and a keyframe. Streams of unknown contents
 * (FLV, RTMP) would be watched for seconds otherwise, in case that another one shows up.
 */
const QUICK = ["-probesize", "32", "-fpsprobesize", "0", "-fflags", "+genpts"];

/**
 * The ways of opening `url`, the best first. A later one is for streams that the one before it cannot make out.
 *
 * @throws StreamError `invalid-url`
 */
export function ffmpegInputs(url: string, options: FfmpegInputOptions): [FfmpegInput, ...FfmpegInput[]] {
  // Half of the time: what is left is for the connection.
  const analysis = ["-analyzeduration", String(options.connectTimeoutMs * 500)];
  const thorough = ["-fpsprobesize", "0", ...analysis, "-fflags", "+genpts"];
  const device = deviceArguments(url);
  if (device) return [packets([...QUICK, ...device])];
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "file") return [packets(["-re", ...thorough, "-i", filePath(url)])];
  if (scheme === "rtsp" || scheme === "rtsps") return [packets([...thorough, ...rtspArguments(url)])];
  const opened = [...(/^(?:http|rtmp)/.test(scheme) ? ["-rw_timeout", String(IO_TIMEOUT_US)] : []), "-i", url];
  if (BARE_STREAM.test(url)) return [{ args: ["-f", "data", ...opened], output: "bytes" }];
  return [packets([...QUICK, ...opened]), packets([...thorough, ...opened])];
}

function packets(args: string[]): FfmpegInput {
  return { args, output: "packets" };
}

function deviceArguments(url: string): string[] | undefined {
  if (/^\/dev\/video/.test(url)) return ["-f", "v4l2", "-i", url];
  const [, format = "", name = ""] = DEVICE.exec(url) ?? [];
  if (format === "") return undefined;
  // Its default of 29.97 is a rate that most cameras do not have.
  const rate = /^avfoundation$/i.test(format) ? ["-framerate", "30"] : [];
  return ["-f", format.toLowerCase(), ...rate, "-i", name];
}

/** With its scheme, so that no name is taken for an option or another protocol. */
function filePath(url: string): string {
  if (!/^file:\/\//i.test(url)) return `file:${url.replace(/^file:/i, "")}`;
  try {
    return `file:${fileURLToPath(url)}`;
  } catch (cause) {
    throw new StreamError("invalid-url", `${url}: names no local file; give file:///path, or the path`, { cause });
  }
}

/**
 * `?transport=` and `?insecure=` are ours; by default TCP comes first, then what the server offers: over UDP ffmpeg shows
 * torn pictures when packets get lost. It looks at no certificate.
 */
function rtspArguments(url: string): string[] {
  const [address = "", query = ""] = url.split(/\?(.*)/s);
  const parameters = query.split("&").filter((parameter) => parameter !== "");
  const others = parameters.filter((parameter) => !/^(?:transport|insecure)(?:=|$)/.test(parameter));
  const opened = others.length > 0 ? `${address}?${others.join("&")}` : address;
  const named = parameters.find((parameter) => parameter.startsWith("transport="))?.slice("transport=".length);
  const transport = RTSP_TRANSPORTS[named ?? ""];
  const choice = transport === undefined ? ["-rtsp_flags", "prefer_tcp"] : ["-rtsp_transport", transport];
  return [...choice, "-timeout", String(IO_TIMEOUT_US), "-i", opened];
}
