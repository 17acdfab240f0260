import { randomBytes, randomInt } from "node:crypto";
import type { Timer } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import type { GopCache } from "../../lib/gop-cache.js";
import { isRtcp } from "../../lib/rtp/packet.js";
import { parseRtcp } from "../../lib/rtp/rtcp.js";
import { isUsableCandidate, MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import type { NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import type { HubClient } from "../hub.js";
import { NativePeer } from "./native-peer.js";
import { PeerFlow, type PeerFlowOptions } from "./peer-flow.js";
import { readPushAnswer } from "./push-answer.js";
import { type PushFormat, type PushOffer, pushFormats, writePushOffer } from "./push-offer.js";
import type { PeerStream } from "./video-format.js";

const LOOK_INTERVAL_MS = 1_000;
/** Looks until the connection must stand. */
const MAX_CONNECTING_LOOKS = 5;
/** Looks in which we sent, and the other side reported nothing; it reports every second or so. */
const MAX_SILENT_LOOKS = 10;
/** `disconnected` is none: it comes back when the network does. */
const ENDS: ReadonlySet<string> = new Set(["failed", "closed"]);
const STREAM_NAME = "glasslink";
/** Names our only section. */
const MID = "0";

/** How a {@link PushPeer} is made. */
export interface PushPeerOptions extends Pick<PeerFlowOptions, "clock" | "totals" | "counters"> {
  native: NativeWebrtc;
  stream: PeerStream;
  /** The camera's current group of pictures. */
  gop: GopCache;
  /** It is connected, and has been sent that group. */
  onOpen(): void;
  /** It ended, and not by `close`; called once. */
  onEnd(error: StreamError): void;
}

/** The connection to one server that is offered a camera. It never tries again: its owner makes another. */
export class PushPeer implements HubClient {
  /** Resolves when its native parts are gone. */
  readonly closed: Promise<void>;
  readonly #options: PushPeerOptions;
  readonly #formats: readonly PushFormat[];
  readonly #name = { ssrc: randomInt(1, 2 ** 32), cname: randomBytes(9).toString("base64url") };
  readonly #native: NativePeer;
  /** Those that came before the answer. */
  readonly #early: string[] = [];
  #candidates = 0;
  #flow: PeerFlow | undefined;
  #looks: Timer | undefined;
  #silentLooks = 0;
  #sentBytes = 0;
  #state: "offering" | "connecting" | "open" | "closed" = "offering";

  /** @throws Error where the system has no more sockets or threads */
  constructor(options: PushPeerOptions) {
    const { native, stream, clock } = options;
    this.#options = options;
    this.#formats = pushFormats(stream);
    const video = new native.Video(MID, "SendOnly");
    for (const { payloadType, parameters } of this.#formats) {
      if (stream.codec === "h264") video.addH264Codec(payloadType, parameters);
      else video.addVP8Codec(payloadType);
    }
    video.addSSRC(this.#name.ssrc, this.#name.cname, STREAM_NAME, MID);
    this.#native = new NativePeer({
      ...{ native, video, name: this.#name.cname, clock },
      onOpen: () => this.#opened(),
      onMessage: (message) => this.#received(message),
      onState: (state) => ENDS.has(state) && this.#end(`the connection is ${state}`),
    });
    this.closed = this.#native.closed;
  }

  /** Our offer. @throws Error where it is closed meanwhile */
  async offer(): Promise<PushOffer> {
    return writePushOffer(await this.#native.describe("offer"));
  }

  /**
   * Takes the answer, upon which the connection is made.
   * @throws StreamError `invalid-data`, `unsupported`
   */
  answer(text: string): void {
    if (this.#state !== "offering") return;
    const { stream, ...flow } = this.#options;
    const payloadTypes = this.#formats.map(({ payloadType }) => payloadType);
    const answer = readPushAnswer(text, { mid: MID, codec: stream.codec, payloadTypes });
    this.#flow = new PeerFlow({
      ...flow,
      ...{ ...this.#name, codec: stream.codec, payloadType: answer.payloadType, playoutDelayId: undefined },
      send: (packet) => this.#native.send(packet),
      onUnsupported: ({ codec }) => this.#end(`the camera gives ${codec} now, no longer ${stream.codec}`),
    });
    this.#state = "connecting";
    try {
      this.#native.take(answer.sdp, "answer");
    } catch (error) {
      throw new StreamError("invalid-data", `the answer cannot be used: ${firstLine(error)}`, { cause: error });
    }
    this.#looks = this.#options.clock.every(LOOK_INTERVAL_MS, () => this.#look());
    for (const candidate of this.#early.splice(0)) this.#tryCandidate(candidate);
  }

  /** Takes another address of the other side, as a line of SDP without `a=`; one that is of no use is passed over. */
  addCandidate(candidate: string): void {
    if (this.#state === "closed" || this.#candidates >= MAX_CANDIDATES || !isUsableCandidate(candidate)) return;
    this.#candidates += 1;
    if (this.#state === "offering") this.#early.push(candidate);
    else this.#tryCandidate(candidate);
  }

  unit(unit: AccessUnit): void {
    if (this.#state === "open") this.#flow?.unit(unit);
  }

  /** Says goodbye. Idempotent. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#looks?.cancel();
    this.#flow?.close();
    this.#native.close();
  }

  #opened(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    this.#silentLooks = 0;
    this.#flow?.join();
    this.#options.onOpen();
  }

  #received(message: Buffer): void {
    if (this.#state !== "open" || !isRtcp(message)) return;
    this.#silentLooks = 0;
    if (parseRtcp(message).some(({ kind }) => kind === "bye")) return this.#end("the other side said goodbye");
    this.#flow?.feedback(message);
  }

  // Looks are counted, not time: while the event loop is blocked there are none, when nothing can be heard either.
  #look(): void {
    const { sentBytes } = this.#options.totals;
    if (this.#state === "connecting") {
      this.#silentLooks += 1;
      if (this.#silentLooks >= MAX_CONNECTING_LOOKS) this.#end(describeSilence(), "connect-failed");
      return;
    }
    this.#flow?.report();
    // Who gets nothing need not report anything.
    if (sentBytes !== this.#sentBytes) this.#silentLooks += 1;
    this.#sentBytes = sentBytes;
    if (this.#silentLooks > MAX_SILENT_LOOKS) this.#end(`the other side reported nothing for ${MAX_SILENT_LOOKS} s`);
  }

  #tryCandidate(candidate: string): void {
    try {
      this.#native.addCandidate(candidate, MID);
    } catch {
      // The library knows better why it is of no use.
    }
  }

  #end(problem: string, code: "connection-lost" | "connect-failed" = "connection-lost"): void {
    if (this.#state === "closed") return;
    this.close();
    this.#options.onEnd(new StreamError(code, problem));
  }
}

function describeSilence(): string {
  const seconds = (MAX_CONNECTING_LOOKS * LOOK_INTERVAL_MS) / 1_000;
  return `no address of the answer could be reached within ${seconds} s; UDP must get through`;
}

function firstLine(error: unknown): string | undefined {
  return String((error as Error).message).split("\n")[0];
}
