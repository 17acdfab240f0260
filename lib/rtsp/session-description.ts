import { isIP } from "node:net";
import { type MediaDescription, parse, type SessionDescription } from "sdp-transform";
import { StreamError } from "../errors.js";

/** A stream that a server offers, as its description tells. */
export interface MediaTrack {
  kind: "video" | "audio" | "other";
  /** For SETUP: an absolute URL. */
  url: string;
  payloadType: number;
  /** In capitals, as registered: `H264`, `H265`, `JPEG`, `MP2T`, `VP8`. @see RFC 4855 */
  encoding: string;
  /** RTP timestamp ticks in a second. */
  clockRate: number;
  /** NAL units without start codes, outside the stream; few servers repeat them inside. */
  parameterSets: Buffer[];
  /** Pixels, where told. */
  size?: { width: number; height: number };
  /** Where a multicast stream goes that the server gives without being asked. */
  address?: string;
  port?: number;
}

/** What a server says of a presentation. */
export interface Presentation {
  /** For PLAY and TEARDOWN: an absolute URL. */
  url: string;
  tracks: MediaTrack[];
}

/** Types that need no `rtpmap`. @see RFC 3551 table 5 */
const STATIC_TYPES: Readonly<Record<number, string>> = { 26: "JPEG", 31: "H261", 32: "MPV", 33: "MP2T", 34: "H263" };
const DEFAULT_CLOCK_RATE = 90_000;
const MAX_TRACKS = 16;
const MAX_PARAMETER_SET_BYTES = 4_096;
const SPROP = ["sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"];

/**
 * Reads what a server answers to DESCRIBE, or a publisher's ANNOUNCE says.
 *
 * @param baseUrl what relative URLs are appended to
 * @throws StreamError `invalid-data` where it describes no stream at all
 * @see RFC 8866, RFC 2326 appendix C, RFC 6184 section 8.2.1, RFC 7798 section 7.2.1
 */
export function readSessionDescription(text: string, baseUrl: string): Presentation {
  const session = parse(text);
  const control = controlOf(session);
  // Where the presentation says where it is itself, its tracks are below that, as other clients have it.
  const base = isAbsolute(control) ? control : baseUrl;
  const tracks = session.media.slice(0, MAX_TRACKS).map((media) => readTrack(media, session, base));
  if (tracks.length === 0) throw new StreamError("invalid-data", `${baseUrl}: its description (SDP) names no stream`);
  return { url: resolveControl(baseUrl, control), tracks };
}

function readTrack(media: MediaDescription, session: SessionDescription, baseUrl: string): MediaTrack {
  const payloadType = Number.parseInt(String(media.payloads ?? ""), 10) || 0;
  const map = media.rtp.find(({ payload }) => payload === payloadType);
  const rate = Number(map?.rate);
  const format = new Map(
    media.fmtp.filter(({ payload }) => payload === payloadType).flatMap(({ config }) => formatParameters(`${config}`)),
  );
  const size = readSize(media);
  const address = String((media.connection ?? session.connection)?.ip ?? "").split("/")[0] ?? "";
  return {
    kind: media.type === "video" || media.type === "audio" ? media.type : "other",
    url: resolveControl(baseUrl, controlOf(media)),
    payloadType,
    encoding: String(map?.codec ?? STATIC_TYPES[payloadType] ?? "").toUpperCase(),
    clockRate: rate > 0 && rate <= 1_000_000_000 ? rate : DEFAULT_CLOCK_RATE,
    parameterSets: SPROP.flatMap((name) => readParameterSets(format.get(name) ?? "")),
    ...(size && { size }),
    ...(isIP(address) !== 0 && { address }),
    ...(isPort(media.port) && { port: media.port }),
  };
}

function formatParameters(config: string): [name: string, value: string][] {
  return config.split(";").map((parameter) => {
    const [name = "", value = ""] = parameter.split(/=(.*)/s);
    return [name.trim().toLowerCase(), value.trim()];
  });
}

/** Broken ones are passed over: the stream itself may hold whole ones. */
function readParameterSets(value: string): Buffer[] {
  const sets = value.split(",").map((text) => Buffer.from(text, "base64"));
  // Some servers put them there with start codes.
  const bare = sets.map((set) => set.subarray(startCodeBytes(set)));
  return bare.filter(({ length }) => length > 1 && length <= MAX_PARAMETER_SET_BYTES);
}

function startCodeBytes(set: Buffer): number {
  if (set.length >= 4 && set.readUInt32BE(0) === 1) return 4;
  return set.length >= 3 && set.readUIntBE(0, 3) === 1 ? 3 : 0;
}

/** `a=framesize:96 640-480`, or `a=x-dimensions:640,480`. @see 3GPP TS 26.234 */
function readSize(media: MediaDescription): { width: number; height: number } | undefined {
  for (const { value } of media.invalid ?? []) {
    const [, width, height] =
      /^(?:framesize:\s*\d+\s+|x-dimensions:\s*)(\d{1,5})[-,]\s*(\d{1,5})/.exec(String(value)) ?? [];
    if (isLength(Number(width)) && isLength(Number(height))) return { width: Number(width), height: Number(height) };
  }
  return undefined;
}

/** sdp-transform makes numbers of what looks like one. */
function controlOf(description: object): string {
  const control = (description as { control?: unknown }).control;
  return control === undefined ? "*" : String(control).trim();
}

/** Appended, not resolved as RFC 1808 would: so servers mean it, and every client does it. */
function resolveControl(baseUrl: string, control: string): string {
  if (control === "*" || control === "") return baseUrl;
  if (isAbsolute(control)) return control;
  return `${baseUrl}${baseUrl.endsWith("/") || control.startsWith("/") ? "" : "/"}${control}`;
}

function isAbsolute(url: string): boolean {
  return /^rtsps?:\/\//i.test(url);
}

/** No codec here goes beyond it. */
function isLength(pixels: number): boolean {
  return pixels > 0 && pixels <= 65_535;
}

function isPort(port: unknown): port is number {
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535;
}
