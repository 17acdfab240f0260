import type { PixelFormat } from "../frame.js";

/** What ffmpeg makes of a picture before it crosses the pipe. Applied in this order: crop, rotate, size. */
export interface PictureOptions {
  pixelFormat: PixelFormat;
  /** Pixels of the decoded picture; even offsets keep the colours of 4:2:0 video in place. */
  crop?: { x: number; y: number; width: number; height: number } | undefined;
  /** Degrees clockwise. */
  rotate: 0 | 90 | 180 | 270;
  size?: { width: number; height: number } | undefined;
  /** Pictures a second at most, evenly picked by the time of their arrival. */
  maxFps?: number | undefined;
}

const ROTATIONS = { 0: [], 90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"] } as const;

/** The filters for `options`, in order: what drops pictures comes first, so that no work is done for nothing. */
export function pictureFilters(options: PictureOptions): string[] {
  const { crop, size, maxFps } = options;
  const filters: string[] = [];
  if (maxFps !== undefined) {
    // One picture in each slot of 1/maxFps, whatever the jitter of its arrival.
    filters.push(`select='isnan(prev_selected_t)+gt(floor(t*${maxFps}),floor(prev_selected_t*${maxFps}))'`);
  }
  if (crop) filters.push(`crop=${crop.width}:${crop.height}:${crop.x}:${crop.y}:exact=1`);
  filters.push(...ROTATIONS[options.rotate]);
  if (size) filters.push(`scale=${size.width}:${size.height}`);
  return filters;
}
