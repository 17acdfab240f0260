import type { Clock } from "../../lib/clock.js";
import type { NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";

/** Local addresses are found at once; there is nobody else to ask. */
const GATHERING_MS = 1_000;

/** How a {@link NativePeer} is made. */
export interface NativePeerOptions {
  native: NativeWebrtc;
  /** Its only track. */
  video: InstanceType<NativeWebrtc["Video"]>;
  /** Appears in the library's own log alone. */
  name: string;
  clock: Clock;
  /** Media can flow. */
  onOpen(): void;
  /** A packet of RTP or RTCP. */
  onMessage(message: Buffer): void;
  /** The connection's state changed, or its track was closed, which is `"closed"` too. */
  onState(state: string): void;
}

/**
 * A connection with one track for video, and the life of both: they are held here until they have said that they are
 * closed, without which Node.js crashes. It ends nothing by itself.
 */
export class NativePeer {
  /** Resolves when its native parts are gone. */
  readonly closed: Promise<void>;
  readonly #clock: Clock;
  readonly #connection: InstanceType<NativeWebrtc["PeerConnection"]>;
  readonly #track: InstanceType<NativeWebrtc["Track"]>;
  #isClosed = false;

  /** @throws Error where the system has no more sockets or threads */
  constructor({ native, video, name, clock, onOpen, onMessage, onState }: NativePeerOptions) {
    this.#clock = clock;
    this.#connection = new native.PeerConnection(name, { iceServers: [], disableAutoNegotiation: true });
    try {
      this.#track = this.#connection.addTrack(video);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
    this.closed = this.#watch(onState);
    this.#track.onOpen(onOpen);
    this.#track.onMessage(onMessage);
  }

  /** Our description with all our candidates. @throws Error where it is closed meanwhile */
  async describe(type: "offer" | "answer"): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      const patience = this.#clock.after(GATHERING_MS, resolve);
      this.#connection.onGatheringStateChange((state) => {
        if (state !== "complete") return;
        patience.cancel();
        resolve();
      });
    });
    this.#connection.setLocalDescription(type);
    await gathered;
    const description = this.#isClosed ? null : this.#connection.localDescription();
    if (!description) throw new Error("the connection was closed meanwhile");
    return description.sdp;
  }

  /** Takes the other side's description. @throws Error what the library does not understand */
  take(sdp: string, type: "offer" | "answer"): void {
    this.#connection.setRemoteDescription(sdp, type);
  }

  /**
   * Takes another address of the other side, as a line of SDP without `a=`.
   * @param mid names the video section
   * @throws Error what the library does not understand
   */
  addCandidate(candidate: string, mid: string): void {
    if (!this.#isClosed) this.#connection.addRemoteCandidate(candidate, mid);
  }

  /** The address by which the other side is reached; undefined before it is. */
  get remoteAddress(): string | undefined {
    return this.#isClosed ? undefined : this.#connection.getSelectedCandidatePair()?.remote.address;
  }

  /** Sends a packet of RTP or RTCP; false: the network does not take it now. A track that was just closed throws. */
  send(packet: Buffer): boolean {
    try {
      return this.#track.sendMessageBinary(packet);
    } catch {
      return false;
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#track.close();
    this.#connection.close();
  }

  /** The callbacks hold this peer, and so its native parts, until both have said that they are closed. */
  async #watch(onState: (state: string) => void): Promise<void> {
    const trackClosed = new Promise<void>((resolve) => {
      this.#track.onClosed(() => {
        onState("closed");
        this.close();
        resolve();
      });
    });
    const connectionClosed = new Promise<void>((resolve) => {
      this.#connection.onStateChange((state) => {
        onState(state);
        if (state === "closed") resolve();
      });
    });
    await Promise.all([trackClosed, connectionClosed]);
  }
}
