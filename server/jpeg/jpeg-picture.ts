/** One picture as JPEG. */
export interface JpegPicture {
  data: Buffer;
  /** When it was taken, milliseconds since the epoch by this machine's clock; where nothing tells, when it came. */
  capturedAtMs: number;
  /** When its access unit was here, monotonic milliseconds. */
  receivedAtMs: number;
}
