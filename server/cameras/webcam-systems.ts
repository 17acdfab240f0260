import { parseDshowFormats, parseV4l2Formats, type Size, type WebcamFormat } from "./webcam-formats.js";

/** A camera as the system lists it. */
export interface WebcamDevice {
  /** What ffmpeg is given. */
  id: string;
  /** What people call it. */
  name: string;
}

/** How one operating system's cameras are reached through ffmpeg. */
export interface WebcamSystem {
  /** The device where none is named; undefined: the first that is listed. */
  defaultDevice?: string;
  /** Arguments that make ffmpeg list devices, and how to read its answer. Absent: devices are given by their path. */
  devices?: { args: string[]; parse: (lines: readonly string[]) => WebcamDevice[] };
  /** Arguments that make ffmpeg list a device's formats, and how to read its answer. Absent: it cannot. */
  formats?: { args: (id: string) => string[]; parse: (lines: readonly string[]) => WebcamFormat[] };
  /** Arguments that open the device. */
  input(id: string, format: WebcamFormat, rate: Size & { fps: number }): string[];
}

const rateOf = ({ width, height, fps }: Size & { fps: number }): string[] => [
  ...["-video_size", `${width}x${height}`, "-framerate", `${fps}`],
];
const named = (option: string, name: string | undefined): string[] => (name === undefined ? [] : [option, name]);

const linux: WebcamSystem = {
  defaultDevice: "/dev/video0",
  formats: { args: (id) => ["-f", "v4l2", "-list_formats", "all", "-i", id], parse: parseV4l2Formats },
  input: (id, { name }, rate) => ["-f", "v4l2", ...named("-input_format", name), ...rateOf(rate), "-i", id],
};

const macos: WebcamSystem = {
  devices: { args: ["-f", "avfoundation", "-list_devices", "true", "-i", ""], parse: parseAvfoundationDevices },
  input: (id, _format, rate) => ["-f", "avfoundation", ...rateOf(rate), "-i", `${id}:none`],
};

const windows: WebcamSystem = {
  devices: { args: ["-f", "dshow", "-list_devices", "true", "-i", "dummy"], parse: parseDshowDevices },
  formats: {
    args: (id) => ["-f", "dshow", "-list_options", "true", "-i", `video=${id}`],
    parse: parseDshowFormats,
  },
  input: (id, { coding, name }, rate) => [
    ...["-f", "dshow", "-rtbufsize", "64M", ...named(coding === "raw" ? "-pixel_format" : "-vcodec", name)],
    ...[...rateOf(rate), "-i", `video=${id}`],
  ],
};

/** The systems by the name that Node has for them. */
export const WEBCAM_SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, WebcamSystem>>> = {
  linux,
  darwin: macos,
  win32: windows,
};

/** Lines such as `[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera`, up to the microphones. */
export function parseAvfoundationDevices(lines: readonly string[]): WebcamDevice[] {
  const audio = lines.findIndex((line) => line.includes("audio devices:"));
  return lines.slice(0, audio < 0 ? undefined : audio).flatMap((line) => {
    const [, id, name] = /\] \[(\d+)\] (.+)$/.exec(line) ?? [];
    return id === undefined || name === undefined ? [] : [{ id, name }];
  });
}

/** Lines such as `[dshow @ 0000] "Integrated Camera" (video)`. */
export function parseDshowDevices(lines: readonly string[]): WebcamDevice[] {
  return lines.flatMap((line) => {
    const name = /"(.+)" \(video\)/.exec(line)?.[1];
    return name === undefined ? [] : [{ id: name, name }];
  });
}
