/** One picture, to be drawn at once: its source is closed or overwritten when the call returns. */
export interface Picture {
  source: CanvasImageSource;
  /** Pixels. */
  width: number;
  height: number;
  /** When it was taken, milliseconds since the epoch by the server's clock; null: not known. */
  capturedAtMs: number | null;
}

/** Whoever shows what a player plays. */
export interface PlayerSink {
  picture(picture: Picture): void;
  /** So many pictures of the stream were left out, by the server or here. */
  dropped(count: number): void;
  /** It cannot go on, and has closed itself; said once at most. `reason` is for people. */
  failed(reason: string): void;
}

/** What every player is made with. */
export interface PlayerOptions {
  /** The camera's id. */
  camera: string;
  sink: PlayerSink;
  /** When the picture with this RTP timestamp was taken, by the server's clock; null: not known. */
  capturedAtMs(rtpTimestamp: number): number | null;
}

/** Plays one camera by one transport, from its making until it is closed or fails. It never tries again. */
export interface Player {
  /** Idempotent; the sink hears nothing more. */
  close(): void;
}
