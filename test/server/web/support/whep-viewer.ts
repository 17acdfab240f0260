import { EventEmitter, once } from "node:events";
import { parseRtp, type RtpPacket } from "../../../../lib/rtp/packet.js";
import { parseRtcp, type RtcpPacket, writeBye } from "../../../../lib/rtp/rtcp.js";
import { loadNativeWebrtc, type NativeWebrtc } from "../../../../lib/webrtc/native-webrtc.js";
import type { PeerCodec } from "../../../../server/webrtc/peer-codec.js";
import type { WhepAnswer, WhepStage } from "./whep-stage.js";

const PARAMETERS = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** A viewer that keeps what it is sent. It says nothing by itself. */
export class WhepViewer extends EventEmitter<{ change: [] }> implements Disposable {
  readonly packets: RtpPacket[] = [];
  /** Bytes of each of them. */
  readonly datagrams: Buffer[] = [];
  readonly reports: RtcpPacket[] = [];
  /** What its POST was answered. */
  answer!: WhepAnswer;
  readonly #connection: InstanceType<NativeWebrtc["PeerConnection"]>;
  readonly #track: InstanceType<NativeWebrtc["Track"]>;

  private constructor(native: NativeWebrtc, codec: PeerCodec) {
    super();
    this.#connection = new native.PeerConnection("viewer", { iceServers: [], disableAutoNegotiation: true });
    const video = new native.Video("video", "RecvOnly");
    if (codec === "h264") video.addH264Codec(102, PARAMETERS);
    else video.addVP8Codec(98);
    video.parseSdpLine(`a=extmap:7 ${PLAYOUT_DELAY}`);
    this.#track = this.#connection.addTrack(video);
    this.#track.onMessage((message) => this.#take(message));
    this.#track.onOpen(() => this.emit("change"));
    // Both are kept by these until they are closed.
    this.#track.onClosed(() => this.emit("change"));
    this.#connection.onStateChange(() => this.emit("change"));
  }

  /** Resolves once it is connected. */
  static async connect(stage: WhepStage, path = "/whep/left", codec: PeerCodec = "h264"): Promise<WhepViewer> {
    const viewer = new WhepViewer(await loadNativeWebrtc(), codec);
    viewer.answer = await stage.offer(await viewer.#offer(), path);
    viewer.#connection.setRemoteDescription(viewer.answer.body, "answer");
    await viewer.until(() => viewer.#track.isOpen());
    return viewer;
  }

  /** Resolves as soon as it holds, which is looked at whenever something came. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this, "change");
  }

  async arrived(packets: number): Promise<RtpPacket[]> {
    await this.until(() => this.packets.length >= packets);
    return this.packets;
  }

  get isOpen(): boolean {
    return this.#track.isOpen();
  }

  /** Sends RTCP. */
  send(packet: Buffer): void {
    this.#track.sendMessageBinary(packet);
  }

  /** Says that it leaves. */
  leave(): void {
    this.send(writeBye(1, "viewer"));
  }

  [Symbol.dispose](): void {
    this.#track.close();
    this.#connection.close();
  }

  /** Without candidates: the library is confused by an answer whose sender reaches it before the answer does. */
  async #offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => state === "complete" && resolve());
    });
    this.#connection.setLocalDescription("offer");
    await gathered;
    const lines = (this.#connection.localDescription()?.sdp ?? "").split("\r\n");
    return lines.filter((line) => !/^a=(?:candidate|end-of-candidates)/.test(line)).join("\r\n");
  }

  #take(message: Buffer): void {
    const packet = parseRtp(message);
    if (packet) {
      this.packets.push(packet);
      this.datagrams.push(message);
    } else this.reports.push(...parseRtcp(message));
    this.emit("change");
  }
}
