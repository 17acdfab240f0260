import { execa } from "execa";

/** What one accelerator did with a test clip. */
export interface HardwareDecoder {
  /** As `ffmpeg -hwaccels` and the `hwaccel` option name it. */
  name: string;
  codec: "h264" | "h265";
  /** Whether it decoded the clip itself, with the right pixels. */
  works: boolean;
  /** Why it does not, in a few words. */
  reason?: string;
}

/** How {@link proveHardwareDecoders} asks. */
export interface ProveHardwareDecodersOptions {
  /** Ends the tests. */
  signal?: AbortSignal;
  /** How long one test may take, in milliseconds. Default 10000. */
  timeoutMs?: number;
}

/** Three pictures of 320x240 in one colour, Annex B: a size that every accelerator takes. */
const CLIPS = {
  h264: Buffer.from(
    "AAAAAWdNQA3aBQfsBEAAAAMAQAAADyPFCqgAAAABaM8BDLIAAAFliIQ6EYoAAlvxwABHLjgACc9JycnJycnJycnJycnJycnJycnJ11111111" +
      "111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111" +
      "111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111" +
      "111111111111111111111111111111111111111111111111111111114AAAAAFBmiYoAlsAAAABQZpGKAJb",
    "base64",
  ),
  h265: Buffer.from(
    "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAPJqAkAAAAAFCAQEBYAAAAwCQAAADAAADADygCggPFlmqSRtrwFoCAAADAAIAAAMAPBAAAAABRAHB" +
      "cbMSAAABKAGvBPIaRRKAQX/C/t/Uf/8WP7/9Ad0no4wZ2MGcnFOhFCHVKAAAAwAAAwDygABlUvVKAAADAAADAAADAAADAAAacAAAAwAAAwAA" +
      "AwAAAwAAAwAAX0AAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAx4AAAABAgHQCX4QyCGRtqApElmr0fZOgKpbCY2McAB7QAAAAAECAdAR/9RDCCER" +
      "tqApElmr0fZOgKpbCY2McAB7QA==",
    "base64",
  ),
};
const PICTURES = 3;
const LUMA_BYTES = 320 * 240;
const PICTURE_BYTES = (LUMA_BYTES * 3) / 2;
/** The clips' colour in each plane, and how far a decoder may be from it. */
const COLOUR = [95, 93, 196] as const;
const TOLERANCE = 4;
const TIMEOUT_MS = 10_000;
/** The format of decoded pictures in the accelerator's own memory, where it has another name than the accelerator. */
const HARDWARE_FORMATS: Readonly<Record<string, string>> = {
  drm: "drm_prime",
  dxva2: "dxva2_vld",
  d3d11va: "d3d11",
  d3d12va: "d3d12",
  videotoolbox: "videotoolbox_vld",
};

/**
 * Every accelerator that this ffmpeg knows, proven by decoding a short clip. ffmpeg quietly decodes in software where
 * an accelerator cannot; that does not count: the filter that fetches the pictures takes only those in the
 * accelerator's memory.
 */
export async function proveHardwareDecoders(
  ffmpegPath: string,
  options: ProveHardwareDecodersOptions = {},
): Promise<HardwareDecoder[]> {
  const list = await execa(ffmpegPath, ["-hide_banner", "-hwaccels"], { ...limits(options), stdin: "ignore" });
  const proofs = listedNames(list.stdout ?? "").map(async (name) => [
    // One after the other: two at a time on one accelerator is more than some allow.
    await prove(ffmpegPath, { name, codec: "h264" }, options),
    await prove(ffmpegPath, { name, codec: "h265" }, options),
  ]);
  return (await Promise.all(proofs)).flat();
}

/** The names in the output of `ffmpeg -hwaccels`. */
export function listedNames(output: string): string[] {
  const names = output.split(/\r?\n/).filter((line) => /^\w+$/.test(line));
  return [...new Set(names)];
}

async function prove(
  ffmpegPath: string,
  { name, codec }: Pick<HardwareDecoder, "name" | "codec">,
  options: ProveHardwareDecodersOptions,
): Promise<HardwareDecoder> {
  const result = await execa(ffmpegPath, proofArguments(name, codec), {
    ...limits(options),
    input: CLIPS[codec],
    encoding: "buffer",
  });
  const reason = result.timedOut
    ? `no answer in ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s`
    : result.exitCode !== 0
      ? failureReason(Buffer.from(result.stderr).toString())
      : wrongPixels(result.stdout);
  return { name, codec, works: reason === undefined, ...(reason !== undefined && { reason }) };
}

function limits({ signal, timeoutMs = TIMEOUT_MS }: ProveHardwareDecodersOptions) {
  const cancel = signal === undefined ? {} : { cancelSignal: signal };
  return { reject: false, timeout: timeoutMs, forceKillAfterDelay: 500, ...cancel } as const;
}

function proofArguments(name: string, codec: HardwareDecoder["codec"]): string[] {
  return [
    // Why an accelerator cannot be opened is told at this level, not before.
    ...["-hide_banner", "-nostats", "-loglevel", "verbose"],
    ...["-hwaccel", name, "-hwaccel_output_format", HARDWARE_FORMATS[name] ?? name],
    ...["-f", codec === "h265" ? "hevc" : "h264", "-i", "pipe:0"],
    ...["-vf", "hwdownload,format=nv12|yuv420p", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"],
  ];
}

/** The line of ffmpeg's that says most, without what stands in front of it. */
export function failureReason(stderr: string): string {
  const lines = stderr.split(/\r?\n/);
  const told =
    lines.find((line) => /^\[AVHWDeviceContext .*\b(cannot|could not|failed|no |not )/i.test(line)) ??
    lines.find((line) => /device type \w+ needed/.test(line));
  if (told?.includes("needed")) return "no such device";
  if (told) return told.replace(/^\[[^\]]*\] /, "").replace(/[\s.]+$/, "");
  // The filter got pictures that lie in ordinary memory.
  if (/Impossible to convert between the formats/.test(stderr)) return "ffmpeg decodes in software instead";
  return lines.findLast((line) => /error|fail|cannot|not /i.test(line))?.replace(/^\[[^\]]*\] /, "") ?? "ffmpeg failed";
}

function wrongPixels(frames: Uint8Array): string | undefined {
  if (frames.length !== PICTURES * PICTURE_BYTES) {
    return `gave ${Math.floor(frames.length / PICTURE_BYTES)} of ${PICTURES} pictures`;
  }
  const right = frames.every((value, index) => {
    const inPicture = index % PICTURE_BYTES;
    const plane = inPicture < LUMA_BYTES ? 0 : inPicture < LUMA_BYTES * 1.25 ? 1 : 2;
    return Math.abs(value - COLOUR[plane]) <= TOLERANCE;
  });
  return right ? undefined : "gave wrong pixels";
}
