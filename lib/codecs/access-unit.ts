/** Coding formats, named as ffmpeg names them but for `h265` (`hevc` there). `other` is told apart by its FourCC. */
export type Codec = "h264" | "h265" | "mjpeg" | "vp8" | "vp9" | "av1" | "other";

/** The sender's own account of an access unit, carried inside the stream. */
export interface FrameStamp {
  /** Counts access units since the sender started; 32 bits, wraps. */
  sequence: number;
  /** Sender's wall clock when the picture was taken, in microseconds since the epoch. */
  capturedAtUs: bigint;
  /** Length in bytes of what follows the stamp's NAL unit in the access unit: a shorter rest was cut on the way. */
  byteLength: number;
  /** CRC-32 of those bytes: another one means that they were damaged, or are of two pictures. */
  checksum: number;
}

/** One coded picture, whole: what sources make, outputs send and the decoder takes. */
export interface AccessUnit {
  codec: Codec;
  /** Four characters that name the format to a RIFF reader; only where `codec` is `other`. */
  fourcc?: string;
  /** H.264 and H.265: Annex B without access unit delimiter; mjpeg: one JPEG; else the packet as it was. */
  data: Buffer;
  /** Whether decoding can start here: IDR, IRAP or recovery point; always so for mjpeg. */
  keyframe: boolean;
  /** When its last byte was here, monotonic milliseconds. */
  receivedAtMs: number;
  /** Position on the sender's own time line, in milliseconds from an unknown zero, where the transport carries one. */
  mediaTimeMs?: number;
  /**
   * When it was taken, milliseconds since the epoch by the sender's clock, where the transport tells how its time line
   * lies on that clock, as RTCP does. A stamp, which comes from nearer to the sensor, goes before it.
   */
  capturedAtMs?: number;
  stamp?: FrameStamp;
  /** Pixels, where a container tells them; raw video cannot be decoded without. */
  size?: { width: number; height: number };
}
