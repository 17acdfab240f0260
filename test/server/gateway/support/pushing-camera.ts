import { EventEmitter, once } from "node:events";
import type { AccessUnit } from "../../../../lib/codecs/access-unit.js";
import { RtpPacketiser } from "../../../../lib/rtp/packetiser.js";
import { parseRtcp, writeBye } from "../../../../lib/rtp/rtcp.js";
import { parseRtcpFeedback, type RtcpFeedback } from "../../../../lib/rtp/rtcp-feedback.js";
import { loadNativeWebrtc, type NativeWebrtc } from "../../../../lib/webrtc/native-webrtc.js";

const PARAMETERS = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const PAYLOAD_TYPE = 97;

/** A camera that offers, sends what it is given, and keeps what it is asked. It says nothing by itself. */
export class PushingCamera extends EventEmitter<{ change: [] }> implements Disposable {
  readonly feedback: RtcpFeedback[] = [];
  /** The other side said goodbye. */
  isSentOff = false;
  readonly #connection: InstanceType<NativeWebrtc["PeerConnection"]>;
  readonly #track: InstanceType<NativeWebrtc["Track"]>;
  readonly #packetiser: RtpPacketiser;

  private constructor(native: NativeWebrtc, codec: "h264" | "vp8") {
    super();
    this.#packetiser = new RtpPacketiser({ codec, payloadType: PAYLOAD_TYPE, maxPacketBytes: 1_200 });
    this.#connection = new native.PeerConnection("camera", { iceServers: [], disableAutoNegotiation: true });
    const video = new native.Video("video", "SendOnly");
    if (codec === "vp8") video.addVP8Codec(PAYLOAD_TYPE);
    else video.addH264Codec(PAYLOAD_TYPE, PARAMETERS);
    video.addSSRC(this.#packetiser.ssrc, "camera", "camera", "video");
    this.#track = this.#connection.addTrack(video);
    const change = (): void => void this.emit("change");
    this.#track.onMessage((message) => {
      this.feedback.push(...parseRtcpFeedback(message));
      this.isSentOff ||= parseRtcp(message).some(({ kind }) => kind === "bye");
      change();
    });
    this.#track.onOpen(change);
    // Both are kept by these until they are closed.
    this.#track.onClosed(change);
    this.#connection.onStateChange(change);
  }

  static async create(codec: "h264" | "vp8" = "h264"): Promise<PushingCamera> {
    return new PushingCamera(await loadNativeWebrtc(), codec);
  }

  /** Without candidates: the library is confused by an answer whose sender reaches it before the answer does. */
  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => state === "complete" && resolve());
    });
    this.#connection.setLocalDescription("offer");
    await gathered;
    const lines = (this.#connection.localDescription()?.sdp ?? "").split("\r\n");
    return lines.filter((line) => !/^a=(?:candidate|end-of-candidates)/.test(line)).join("\r\n");
  }

  /** Resolves once it is connected. */
  async connect(answer: string): Promise<void> {
    this.#connection.setRemoteDescription(answer, "answer");
    await this.until(() => this.#track.isOpen());
  }

  get isClosed(): boolean {
    return this.#track.isClosed() && this.#connection.state() === "closed";
  }

  /** Resolves as soon as it holds, which is looked at whenever something came. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this, "change");
  }

  /** Packets of a unit, with the next sequence numbers. */
  packets(unit: AccessUnit): Buffer[] {
    return this.#packetiser.packets(unit, Math.round((unit.mediaTimeMs ?? unit.receivedAtMs) * 90));
  }

  send(...units: AccessUnit[]): void {
    this.sendPackets(units.flatMap((unit) => this.packets(unit)));
  }

  sendPackets(packets: readonly Buffer[]): void {
    for (const packet of packets) this.#track.sendMessageBinary(packet);
  }

  /** Says that it leaves. */
  leave(): void {
    this.sendPackets([writeBye(this.#packetiser.ssrc, "camera")]);
  }

  [Symbol.dispose](): void {
    this.#track.close();
    this.#connection.close();
  }
}
