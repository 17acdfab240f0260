import type { Codec } from "../../lib/codecs/access-unit.js";
import { unitInputArguments } from "../../lib/ffmpeg/decoder-arguments.js";

/** What decides a JPEG encoder's command line. */
export interface JpegArgumentsOptions {
  codec: Codec;
  /** 1 to 100. */
  quality: number;
  /** Pictures before this timestamp, in microseconds, are decoded only; absent: all come out. */
  fromUs?: number;
  /** The timestamps say nothing of the order in which pictures are shown: what comes out is counted instead. */
  untimed?: boolean;
}

const COARSEST = 69;

/** Each picture goes out whole with its timestamp, so that its end is known at once and so is the unit that it is of. */
const NUT_OUTPUT = ["-f", "nut", "-syncpoints", "none", "-write_index", "0", "-strict", "experimental"];

/**
 * Arguments of an ffmpeg that takes the packets of a `UnitFeed` on stdin and writes NUT packets of JPEG to stdout, each
 * as soon as it is there. Without the second `-threads 1` the encoder holds two pictures back.
 */
export function jpegArguments({ codec, quality, fromUs, untimed }: JpegArgumentsOptions): string[] {
  const filters = untimed ? ["-vf", "setpts=N"] : fromUs === undefined ? [] : ["-vf", newerThan(fromUs)];
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "error"],
    ...unitInputArguments(codec),
    ...["-an", "-map", "0:v:0", ...filters, "-fps_mode", "passthrough", "-enc_time_base", "1/1000000"],
    // Every program shows 4:2:0 of full range; some show no other.
    ...["-threads", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"],
    ...["-qmin", "1", "-qmax", String(COARSEST), "-q:v", String(quantiserOf(quality))],
    ...[...NUT_OUTPUT, "-flush_packets", "1", "pipe:1"],
  ];
}

/**
 * ffmpeg's quantiser (1 is the finest) that makes files about as large as libjpeg does with `quality`: a tenth of the
 * percentage by which libjpeg scales its tables.
 */
export function quantiserOf(quality: number): number {
  const percent = quality < 50 ? 5_000 / quality : 200 - 2 * quality;
  return Math.min(COARSEST, Math.max(1, Math.round(percent / 10)));
}

/** Half a microsecond less, since the filter counts in fractions of a second. */
function newerThan(fromUs: number): string {
  return `select='isnan(t)+gte(t,${((fromUs - 0.5) / 1_000_000).toFixed(7)})'`;
}
