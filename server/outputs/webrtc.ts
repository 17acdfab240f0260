import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { streamParameters } from "../../lib/codecs/stream-parameters.js";
import { StreamError } from "../../lib/errors.js";
import { loadNativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import { isPeerCodec } from "../webrtc/peer-codec.js";
import { PushPeer } from "../webrtc/push-peer.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import type { Signalling, SignallingOwner } from "./signalling.js";

/** Until the camera has given its first picture. */
const LOOK_INTERVAL_MS = 20;
/** Native code that does not end must not keep the next try from beginning. */
const CLOSING_MS = 2_000;

/** How an output that pushes by WebRTC is set up. */
export interface WebrtcOutputOptions {
  /** As it is shown, without its token. */
  url: string;
  /** Makes the way by which one connection is agreed on. */
  signalling(owner: SignallingOwner): Promise<Signalling>;
}

/** Hands the camera to a server by WebRTC, which takes it without encoding anything anew. */
export class WebrtcOutput implements Output {
  /** A server that was away gets its picture well within a second. */
  readonly retryCeilingMs = 250;
  readonly url: string;
  readonly #signalling: WebrtcOutputOptions["signalling"];
  readonly #totals = { sentBytes: 0, droppedUnits: 0 };
  readonly #counters = { resentPackets: 0, keyframeRequests: 0 };
  #peer: PushPeer | undefined;

  constructor({ url, signalling }: WebrtcOutputOptions) {
    this.url = url;
    this.#signalling = signalling;
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    let fail = (_error: StreamError): void => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const stop = (): void => fail(new StreamError("closed", "the output is closed"));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      await this.#push(context, { fail, failed });
    } catch (error) {
      if (!signal.aborted) throw this.#translate(error);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  unit(unit: AccessUnit): void {
    this.#peer?.unit(unit);
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#peer ? 1 : 0, ...this.#totals };
  }

  /** Rejects with why it ended. */
  async #push(context: OutputContext, end: RunEnd): Promise<never> {
    const { clock, gop } = context;
    const { fail, failed } = end;
    const picture = await firstPicture(context, failed);
    const { codec } = picture;
    if (!isPeerCodec(codec)) throw new StreamError("unsupported", `WebRTC carries h264 and vp8 here, not ${codec}`);
    const native = await loadNativeWebrtc();
    let peer: PushPeer | undefined;
    const signalling = await this.#signalling({
      clock,
      candidate: (candidate) => peer?.addCandidate(candidate),
      lost: fail,
      warning: (error) => context.warning(this.#translate(error)),
    });
    try {
      await Promise.race([signalling.connect(), failed]);
      const stream = { codec, codecString: streamParameters(picture)?.codecString };
      const opened = new PushPeer({
        ...{ native, stream, gop, clock, totals: this.#totals, counters: this.#counters, onEnd: fail },
        onOpen: () => {
          this.#peer = opened;
          context.ready();
        },
      });
      peer = opened;
      const { sdp, candidates } = await Promise.race([opened.offer(), failed]);
      opened.answer(await Promise.race([signalling.offer(sdp), failed]));
      signalling.tell(candidates);
      return await failed;
    } finally {
      this.#peer = undefined;
      peer?.close();
      await Promise.all([signalling.close(), peer && within(peer.closed, clock)]);
    }
  }

  #translate(error: unknown): StreamError {
    const {
      code,
      message,
      details = {},
    } = error instanceof StreamError ? error : new StreamError("process-failed", String(error));
    return new StreamError(code, `${this.url}: ${message}`, { cause: error, details });
  }
}

/** By which a run is ended from outside. */
interface RunEnd {
  fail(error: StreamError): void;
  failed: Promise<never>;
}

/** The offer names what the camera gives, so that there must be a picture; the hub hands them to who is connected. */
async function firstPicture({ gop, clock }: OutputContext, failed: Promise<never>): Promise<AccessUnit> {
  const come = new Promise<AccessUnit>((resolve) => {
    const looks = clock.every(LOOK_INTERVAL_MS, look);
    void failed.catch(() => looks.cancel());
    look();
    function look(): void {
      const [unit] = gop.units();
      if (!unit) return;
      looks.cancel();
      resolve(unit);
    }
  });
  return Promise.race([come, failed]);
}

async function within(closed: Promise<void>, clock: OutputContext["clock"]): Promise<void> {
  await new Promise<void>((resolve) => {
    const patience = clock.after(CLOSING_MS, resolve);
    void closed.then(() => {
      patience.cancel();
      resolve();
    });
  });
}
