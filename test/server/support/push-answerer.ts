import { EventEmitter, once } from "node:events";
import { parseRtp, type RtpPacket } from "../../../lib/rtp/packet.js";
import { parseRtcp, type RtcpPacket, writeBye, writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { loadNativeWebrtc, type NativeWebrtc } from "../../../lib/webrtc/native-webrtc.js";
import { RecordingSink } from "../../support/recording-sink.js";

const SSRC = 7;

/** A server's end of a connection that was offered a camera. It keeps what it is sent, and says nothing by itself. */
export class PushAnswerer extends EventEmitter<{ change: [] }> {
  readonly sink = new RecordingSink();
  readonly packets: RtpPacket[] = [];
  readonly reports: RtcpPacket[] = [];
  /** As lines of SDP without `a=`. */
  readonly candidates: string[] = [];
  readonly #parser: RtpParser;
  readonly #connection: InstanceType<NativeWebrtc["PeerConnection"]>;
  readonly #track: InstanceType<NativeWebrtc["Track"]>;
  #state = "new";

  private constructor(native: NativeWebrtc, codec: "h264" | "vp8") {
    super();
    this.#parser = new RtpParser({ sink: this.sink, codec, payloadType: 96 });
    this.#connection = new native.PeerConnection("server", { iceServers: [], disableAutoNegotiation: true });
    const video = new native.Video("0", "RecvOnly");
    if (codec === "vp8") video.addVP8Codec(96);
    else video.addH264Codec(96, "packetization-mode=1");
    this.#track = this.#connection.addTrack(video);
    this.#track.onMessage((message) => this.#take(message));
    // Both are kept by these until they are closed.
    this.#track.onOpen(() => this.emit("change"));
    this.#track.onClosed(() => this.emit("change"));
    this.#connection.onStateChange((state) => {
      this.#state = state;
      this.emit("change");
    });
  }

  /** Takes an offer. */
  static async take(offer: string, codec: "h264" | "vp8" = "h264"): Promise<PushAnswerer> {
    const answerer = new PushAnswerer(await loadNativeWebrtc(), codec);
    answerer.#connection.setRemoteDescription(offer, "offer");
    return answerer;
  }

  /** The answer, with all candidates; or without, while they are in `candidates`. */
  async answer({ withCandidates = true } = {}): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => state === "complete" && resolve());
    });
    this.#connection.setLocalDescription("answer");
    await gathered;
    const lines = (this.#connection.localDescription()?.sdp ?? "").split("\r\n");
    const isCandidate = (line: string): boolean => line.startsWith("a=candidate:");
    this.candidates.push(...lines.filter(isCandidate).map((line) => line.slice(2)));
    return lines.filter((line) => withCandidates || !isCandidate(line)).join("\r\n");
  }

  addCandidate(candidate: string): void {
    this.#connection.addRemoteCandidate(candidate, "0");
  }

  /** Resolves as soon as it holds, which is looked at whenever something came. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this, "change");
  }

  /** Resolves when so many access units came. */
  arrived(units: number): Promise<void> {
    return this.until(() => this.sink.units.length >= units);
  }

  get isConnected(): boolean {
    return this.#state === "connected";
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Sends RTCP. */
  send(packet: Buffer): void {
    this.#track.sendMessageBinary(packet);
  }

  /** As receivers do each second. */
  report(): void {
    const { ssrc = 0, sequence = 0 } = this.packets.at(-1) ?? {};
    const block = { ssrc, fractionLost: 0, cumulativeLost: 0, highestSequence: sequence, jitter: 0 };
    this.send(writeReceiverReport(SSRC, [{ ...block, lastSenderReport: 0, delaySinceLastSenderReport: 0 }], "server"));
  }

  leave(): void {
    this.send(writeBye(SSRC, "server"));
  }

  close(): void {
    this.#track.close();
    this.#connection.close();
  }

  #take(message: Buffer): void {
    const packet = parseRtp(message);
    if (packet) {
      this.packets.push(packet);
      this.#parser.push(message, performance.now());
    } else this.reports.push(...parseRtcp(message));
    this.emit("change");
  }
}
