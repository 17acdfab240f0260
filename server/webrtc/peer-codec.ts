/** The coding formats that WebRTC carries here, as the camera made them. */
export type PeerCodec = "h264" | "vp8";

/** Whether `codec` is one of those. */
export function isPeerCodec(codec: string): codec is PeerCodec {
  return codec === "h264" || codec === "vp8";
}
