import { StreamError } from "../../lib/errors.js";

/** A picture's size in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** One format that a camera offers. */
export interface WebcamFormat {
  coding: "h264" | "mjpeg" | "raw";
  /** As ffmpeg names it: the value of its input option. Undefined: the driver's choice. */
  name?: string;
  /** Sizes that it has; undefined where any may do. */
  sizes?: Size[];
}

/** What a camera is to give. */
export interface WebcamWish extends Size {
  /** For messages. */
  device: string;
  fps: number;
  /** What the stream is to be coded in. */
  codec: "h264" | "mjpeg";
}

/** USB 2 carries no more raw video than this, in bytes a second; beyond it a camera lowers its rate. */
const MOST_RAW_BYTES = 20_000_000;
const BYTES_PER_PIXEL = 2;
const CODINGS: Readonly<Record<string, WebcamFormat["coding"]>> = { h264: "h264", mjpeg: "mjpeg" };

/**
 * The format that costs least: one that needs no coding here, then raw video while a USB 2 port carries it, then
 * MJPEG, which has to be decoded first.
 * @throws StreamError `invalid-option` where no format has the size
 */
export function chooseFormat(formats: readonly WebcamFormat[], wish: WebcamWish): WebcamFormat {
  const { width, height, fps, codec, device } = wish;
  const fits = ({ sizes }: WebcamFormat): boolean =>
    sizes === undefined || sizes.some((size) => size.width === width && size.height === height);
  const rawFirst = width * height * BYTES_PER_PIXEL * fps <= MOST_RAW_BYTES;
  const order: WebcamFormat["coding"][] = [
    codec,
    ...(rawFirst ? (["raw", "mjpeg"] as const) : (["mjpeg", "raw"] as const)),
  ];
  for (const coding of order) {
    const found = formats.find((format) => format.coding === coding && fits(format));
    if (found !== undefined) return found;
  }
  const usable = formats.filter(({ coding }) => order.includes(coding));
  const sizes = new Set(usable.flatMap(({ sizes = [] }) => sizes.map(({ width, height }) => `${width}x${height}`)));
  const offered = sizes.size > 0 ? [...sizes].join(", ") : "nothing that can be used";
  throw new StreamError("invalid-option", `camera.width: ${device} has no ${width}x${height}; it offers: ${offered}`);
}

/** Formats in ffmpeg's `-list_formats all` for V4L2: `Raw : yuyv422 : YUYV 4:2:2 : 640x480 1280x720`. */
export function parseV4l2Formats(lines: readonly string[]): WebcamFormat[] {
  return lines.flatMap((line) => {
    const [, kind, name = "", sizes = ""] = /(Raw|Compressed)\s*:\s*(\w+)\s*:.*:([^:]*)$/.exec(line) ?? [];
    const coding = kind === "Raw" ? "raw" : CODINGS[name];
    if (kind === undefined || coding === undefined || name === "Unsupported") return [];
    // Sizes in steps, such as {32-2592, 2}x{32-1944, 2}, are left to the driver.
    return [{ coding, name, ...(sizes.includes("{") ? {} : { sizes: parseSizes(sizes) }) }];
  });
}

/** Formats in ffmpeg's `-list_options true` for DirectShow: `vcodec=mjpeg  min s=640x480 fps=5 max s=640x480 fps=30`. */
export function parseDshowFormats(lines: readonly string[]): WebcamFormat[] {
  const found = new Map<string, WebcamFormat & { sizes: Size[] }>();
  for (const line of lines) {
    const [, option, name = "", size = ""] = /(vcodec|pixel_format)=(\w+)\s.*max s=(\d+x\d+)/.exec(line) ?? [];
    const coding = option === "pixel_format" ? "raw" : CODINGS[name];
    if (coding === undefined) continue;
    const format = found.get(name) ?? { coding, name, sizes: [] };
    format.sizes.push(...parseSizes(size));
    found.set(name, format);
  }
  return [...found.values()];
}

function parseSizes(text: string): Size[] {
  return Array.from(text.matchAll(/(\d+)x(\d+)/g), ([, width, height]) => ({
    width: Number(width),
    height: Number(height),
  }));
}
