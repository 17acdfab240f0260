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
 * pictures and each with its parameter sets.
 */
export function encoderArguments(options: EncoderOptions): string[] {
  const { codec, bitrate, gop, preset } = options;
  // The buffer of half a second keeps a keyframe from taking the link for longer than a few pictures' time.
  const rate = ["-b:v", `${bitrate}`, "-maxrate", `${bitrate}`, "-bufsize", `${Math.round(bitrate / 2)}`];
  const fast = ["-preset", preset, "-tune", "zerolatency", "-g", `${gop}`, ...rate];
  switch (codec) {
    case "h264":
      return ["-c:v", "libx264", ...fast, "-threads", "1", "-x264-params", "repeat-headers=1:scenecut=0:open-gop=0"];
    case "h265":
      return ["-c:v", "libx265", ...fast, "-x265-params", "repeat-headers=1:scenecut=0:open-gop=0:log-level=error"];
    case "mjpeg":
      return ["-c:v", "mjpeg", "-threads", "1", ...rate];
  }
}
