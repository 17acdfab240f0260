import type { Player, PlayerOptions } from "./player.js";
import { type TrackPicture, watchTrack } from "./track-pictures.js";

const STATISTICS_INTERVAL_MS = 1_000;
/** What servers of ours send; which of them the camera decides. */
const CODECS = ["video/H264", "video/VP8"];

/** Browsers that have no `jitterBufferTarget` have this. */
type DelayedReceiver = RTCRtpReceiver & { playoutDelayHint?: number };

/**
 * H.264 or VP8 by WebRTC, which browsers show on pages that are no secure contexts as well.
 * @see https://datatracker.ietf.org/doc/draft-ietf-wish-whep/
 */
export class WhepPlayer implements Player {
  readonly transport = "whep";
  dropped = 0;
  readonly #options: PlayerOptions;
  readonly #connection = new RTCPeerConnection({ iceServers: [] });
  readonly #abort = new AbortController();
  readonly #statistics = setInterval(() => void this.#readStatistics(), STATISTICS_INTERVAL_MS);
  #session: URL | undefined;

  constructor(options: PlayerOptions) {
    this.#options = options;
    const { signal } = this.#abort;
    this.#connection.ontrack = ({ track }) => {
      watchTrack(track, { onPicture: (picture) => this.#show(picture), signal });
    };
    this.#connection.onconnectionstatechange = () => {
      const { connectionState } = this.#connection;
      if (connectionState === "failed") this.#end("the WebRTC connection failed");
    };
    addEventListener("pagehide", () => this.close(), { signal });
    this.#negotiate().catch((error: Error) => this.#end(error.message));
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    clearInterval(this.#statistics);
    this.#connection.close();
    this.#leave();
  }

  async #negotiate(): Promise<void> {
    const { receiver } = this.#askForVideo();
    await this.#connection.setLocalDescription();
    const response = await fetch(`/whep/${encodeURIComponent(this.#options.camera.id)}`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      // Without candidates: the server's are enough, since it sees where the checks come from.
      body: this.#connection.localDescription?.sdp ?? "",
    });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(answer.trim() || `status ${response.status}`);
    this.#session = new URL(response.headers.get("Location") ?? "", response.url);
    // Whoever has left meanwhile still has a session to end.
    if (this.#abort.signal.aborted) return this.#leave();
    await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    if ("playoutDelayHint" in receiver) (receiver as DelayedReceiver).playoutDelayHint = 0;
  }

  #askForVideo(): RTCRtpTransceiver {
    const transceiver = this.#connection.addTransceiver("video", { direction: "recvonly" });
    const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => CODECS.includes(mimeType)));
    return transceiver;
  }

  #show({ image, width, height, rtpTimestamp }: TrackPicture): void {
    const capturedAtMs = rtpTimestamp === undefined ? null : this.#options.capturedAtMs(rtpTimestamp);
    this.#options.onPicture({ image, width, height, capturedAtMs });
  }

  async #readStatistics(): Promise<void> {
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type === "inbound-rtp") this.dropped = report.framesDropped ?? 0;
    }
  }

  /** The answer is of no use to anybody; the server notices by itself as well, later. */
  #leave(): void {
    if (this.#session) void fetch(this.#session, { method: "DELETE", keepalive: true }).catch(() => {});
  }

  #end(reason: string): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#options.onEnd(reason);
  }
}
