/** A picture of a WebRTC track. */
export interface TrackPicture {
  image: VideoFrame | HTMLVideoElement;
  width: number;
  height: number;
  /** Undefined where the browser does not tell. */
  rtpTimestamp: number | undefined;
}

interface TrackProcessor {
  readable: ReadableStream<VideoFrame>;
}

/** What not every browser has, and the types lack. @see https://www.w3.org/TR/mediacapture-transform/ */
interface MoreOfWindow {
  MediaStreamTrackProcessor?: new (options: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;
}

interface MoreOfVideoFrame {
  metadata?(): { rtpTimestamp?: number };
}

const { MediaStreamTrackProcessor: Processor } = globalThis as MoreOfWindow;

/** Whether this browser gives the pictures of a track. */
export function canWatchTracks(): boolean {
  return Processor !== undefined || "requestVideoFrameCallback" in HTMLVideoElement.prototype;
}

/** What {@link watchTrack} works with. */
export interface TrackWatch {
  /** The picture must be drawn before this returns. */
  onPicture(picture: TrackPicture): void;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Hands on each picture of a track: where the browser can, as soon as it is decoded, else when it is shown by a video
 * element, which takes up to one turn of the screen longer and leaves out more.
 */
export function watchTrack(track: MediaStreamTrack, watch: TrackWatch): void {
  // A page that is rid of its track is told so by the end of the stream, or an error: both are its own doing.
  if (Processor) void watchFrames(new Processor({ track, maxBufferSize: 1 }), watch).catch(() => {});
  else watchVideo(track, watch);
}

async function watchFrames({ readable }: TrackProcessor, { onPicture, signal }: TrackWatch): Promise<void> {
  const reader = readable.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  for (let result = await reader.read(); !result.done; result = await reader.read()) {
    const frame = result.value;
    const { displayWidth: width, displayHeight: height } = frame;
    const rtpTimestamp = (frame as MoreOfVideoFrame).metadata?.().rtpTimestamp;
    if (!signal.aborted) onPicture({ image: frame, width, height, rtpTimestamp });
    frame.close();
  }
}

function watchVideo(track: MediaStreamTrack, { onPicture, signal }: TrackWatch): void {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const next = (): void => {
    video.requestVideoFrameCallback((_now, { width, height, rtpTimestamp }) => {
      if (signal.aborted) return;
      next();
      onPicture({ image: video, width, height, rtpTimestamp });
    });
  };
  next();
  signal.addEventListener("abort", () => {
    video.srcObject = null;
  });
  // One that is not allowed to play shows nothing, which is noticed.
  void video.play().catch(() => {});
}
