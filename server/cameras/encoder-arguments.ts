/** What an encoder in ffmpeg is asked for. */
export interface EncoderOptions {
  codec: "h264" | "h265" | "mjpeg";
  /** Bits a second. */
  bitrate: number;
  /** Pictures from one keyframe to the next. */
  gop: number;
  /** x264's and x265's preset: how much processor time a picture may cost. */
  preset: "ultrafast" | "superfast";
}

/**
 * ffmpeg's arguments for encoding with no picture held back: one thread, no B-frames, keyframes exactly every `gop`
 * pictures and each with its parameter sets. JPEG is such as RTP carries it: 4:2:0 of full range with the standard
 * Huffman tables, which cost a sixth more bytes than tables of its own.
 */
export function encoderArguments(options: EncoderOptions): string[] {
  const { codec, bitrate, gop, preset } = options;
  // The buffer of half a second keeps a keyframe from taking the link for longer than a few pictures' time.
  const rate = ["-b:v", `${bitrate}`, "-maxrate", `${bitrate}`, "-bufsize", `${Math.round(bitrate / 2)}`];
  const fast = ["-pix_fmt", "yuv420p", "-preset", preset, "-tune", "zerolatency", "-g", `${gop}`, ...rate];
  switch (codec) {
    case "h264":
      return [...fast, "-c:v", "libx264", "-threads", "1", "-x264-params", "repeat-headers=1:scenecut=0:open-gop=0"];
    case "h265":
      return [...fast, "-c:v", "libx265", "-x265-params", "repeat-headers=1:scenecut=0:open-gop=0:log-level=error"];
    case "mjpeg":
      return ["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-huffman", "default", "-threads", "1", ...rate];
  }
}
