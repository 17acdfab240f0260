import type { Codec } from "../codecs/access-unit.js";
import { MAX_PIXELS } from "../codecs/picture-bound.js";
import { type PictureOptions, pictureFilters } from "./picture-options.js";

/** Where a decoder child prints the timestamps of its frames. */
export type TimestampChannel = "fd3" | "stderr";

/** What decides a decoder's command line. */
export interface DecoderArgumentsOptions {
  codec: Codec;
  /** As ffmpeg's `-hwaccel`; `none` decodes in software. */
  hwaccel: string;
  picture: PictureOptions;
  timestamps: TimestampChannel;
}

/** How `TIMESTAMP_LINE` looks depends on this filter; the added key is there because `print` skips frames without any. */
const PRINT_TIMESTAMPS = {
  fd3: "metadata=add:key=k:value=0,metadata=print:file=pipe\\\\:3:direct=1",
  stderr: "metadata=add:key=k:value=0,metadata=print",
} as const;

/** Finds the timestamp in a line that the print filter wrote, on either channel. */
export const TIMESTAMP_LINE = /\bframe:\s*\d+\s+pts:\s*(-?\d+)/;

/** Finds width and height in ffmpeg's description of its raw output. */
export const OUTPUT_SIZE_LINE = /Stream #0:0.*: Video: rawvideo.*, (\d+)x(\d+)[ ,]/;

/**
 * Arguments of an ffmpeg that takes IVF packets on stdin and writes raw frames to stdout, each as soon as it is there.
 *
 * What would cost a frame of delay, each by itself: threads in the decoder, threads in the raw encoder (the second
 * `-threads 1`), and any demuxer that looks for the start of the next picture to know the end of this one.
 * Frames are written by a thread of their own (`fifo`) and without a copy in between (`direct`): a fifth more of them.
 * `-flags low_delay` is absent on purpose: it gains nothing for H.264 and H.265, and spoils MPEG-2 and MPEG-4 with
 * B-frames.
 */
export function decoderArguments(options: DecoderArgumentsOptions): string[] {
  const filters = [...pictureFilters(options.picture), PRINT_TIMESTAMPS[options.timestamps]];
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "info"],
    ...(options.hwaccel === "none" ? [] : ["-hwaccel", options.hwaccel]),
    // A few bytes may claim a picture that no machine has the memory for.
    ...["-max_pixels", String(MAX_PIXELS)],
    ...unitInputArguments(options.codec),
    ...["-an", "-vf", filters.join(","), "-fps_mode", "passthrough", "-enc_time_base", "1/1000000", "-threads", "1"],
    ...["-map", "0:v:0", "-c:v", "rawvideo", "-pix_fmt", options.picture.pixelFormat],
    ...["-f", "fifo", "-fifo_format", "rawvideo", "-format_opts", "avioflags=direct", "-queue_size", "2", "pipe:1"],
  ];
}

/** Arguments that make ffmpeg read and decode what a `UnitFeed` writes to its stdin, without holding anything back. */
export function unitInputArguments(codec: Codec): string[] {
  return [
    ...["-threads", "1", "-probesize", "32", "-analyzeduration", "0"],
    // Else it counts from 0 where it knows the first timestamp before it begins, as it does with VP8.
    "-copyts",
    // ffmpeg's table of IVF codes lacks this one.
    ...(codec === "h265" ? ["-c:v", "hevc"] : []),
    ...["-f", "ivf", "-i", "pipe:0"],
  ];
}
