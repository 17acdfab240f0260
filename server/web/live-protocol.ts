/**
 * What the web server and the page tell each other about cameras. Nothing here needs Node.js: the page is built with it.
 */

/** Ways of showing a camera, the best first. */
export type LiveTransport = "websocket" | "whep" | "mjpeg";

/** A camera as `/cameras` tells it, and the `cameras` event. */
export interface CameraInfo {
  id: string;
  /** What gives the pictures, without passwords. */
  description: string;
  state: "starting" | "live" | "lost";
  /** Why it is lost; null while it is not. */
  reason: string | null;
  /** Tries since it was lost; 0 while it is live. */
  retries: number;
  /** Null before the first keyframe. */
  codec: string | null;
  /** As WebCodecs wants it, such as `avc1.42c01e`; null where there is none. */
  codecString: string | null;
  width: number | null;
  height: number | null;
  fps: number;
  viewers: number;
  /** Those that can show its codec, in the order in which they are tried. */
  transports: LiveTransport[];
}

/** How the media time of a camera lies on the server's wall clock, for transports that carry no more than RTP does. */
export interface CameraTime {
  camera: string;
  /** Of some recent picture; 90 kHz, 32 bits, wraps. */
  rtpTimestamp: number;
  /** When that was taken, milliseconds since the epoch by the server's clock; null: not known. */
  capturedAtMs: number | null;
  /** How wrong the camera's capture times may be, since they are by a clock of another machine; null: not known. */
  uncertaintyMs: number | null;
}

/** Events of the page's socket.io connection beside those of telemetry. */
export interface PageEvents {
  /** On connecting and within 100 ms of any change; `fps` is looked at once a second. */
  cameras: (cameras: CameraInfo[]) => void;
  /** On connecting, and once a second for each camera that is live. */
  times: (times: CameraTime[]) => void;
}

/** Text messages from the server on the WebSocket of a camera: before its first picture, and when it changes. */
export interface LiveConfig {
  type: "config";
  codec: string;
  width: number | null;
  height: number | null;
}

/** What precedes an access unit in a binary message. */
export interface LiveHeader {
  keyframe: boolean;
  /** Counts the camera's access units, 32 bits: a gap is what this viewer was not sent. */
  sequence: number;
  /** Milliseconds since the epoch by the server's clock; null: not known. */
  capturedAtMs: number | null;
  /** Its place in the stream's time, milliseconds. */
  mediaTimeMs: number;
}

/** Bytes of a {@link LiveHeader}. */
export const LIVE_HEADER_BYTES = 24;

const VERSION = 1;
const KEYFRAME = 1;

/**
 * Writes the header, numbers in network byte order: u8 version, u8 flags (1: keyframe), u16 zero, u32 sequence,
 * f64 capturedAtMs (NaN: not known), f64 mediaTimeMs.
 */
export function writeLiveHeader({ keyframe, sequence, capturedAtMs, mediaTimeMs }: LiveHeader): Uint8Array {
  const bytes = new Uint8Array(LIVE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, keyframe ? KEYFRAME : 0);
  view.setUint32(4, sequence);
  view.setFloat64(8, capturedAtMs ?? Number.NaN);
  view.setFloat64(16, mediaTimeMs);
  return bytes;
}

/** Reads a header; undefined for what is none, or of another version. */
export function readLiveHeader(message: ArrayBuffer): LiveHeader | undefined {
  if (message.byteLength < LIVE_HEADER_BYTES) return undefined;
  const view = new DataView(message);
  if (view.getUint8(0) !== VERSION) return undefined;
  const capturedAtMs = view.getFloat64(8);
  return {
    keyframe: (view.getUint8(1) & KEYFRAME) !== 0,
    sequence: view.getUint32(4),
    capturedAtMs: Number.isNaN(capturedAtMs) ? null : capturedAtMs,
    mediaTimeMs: view.getFloat64(16),
  };
}
