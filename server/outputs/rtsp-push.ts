import { randomBytes } from "node:crypto";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { isRtpCodec, RTP_CODECS } from "../../lib/rtp/rtp-codec.js";
import { RtspConnection } from "../../lib/rtsp/client-connection.js";
import { RtspKeepalive } from "../../lib/rtsp/client-keepalive.js";
import { formatRtspUrl, type RtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { Awaited } from "../rtsp/awaited.js";
import { LiveStream } from "../rtsp/live-stream.js";
import type { RtspCounters } from "../rtsp/rtp-delivery.js";
import { RtpFlow } from "../rtsp/rtp-flow.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import { type PushTransport, setUpRecording } from "./rtsp-recording.js";

const CONNECT_TIMEOUT_MS = 5_000;
/** A camera that starts takes seconds to its first picture. */
const PATIENCE_MS = 15_000;

/** How an RTSP output that pushes is set up. */
export interface RtspPushOptions {
  /** Where it goes, with credentials where the server wants them. */
  url: RtspUrl;
  /** In order of preference. */
  transports: readonly PushTransport[];
  /** Whether a certificate counts that nobody vouches for; only for `rtsps`. */
  insecure: boolean;
  /** What the server is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
}

/** Hands the stream to another RTSP server, which serves it on. @see RFC 2326 sections 10.3 and 10.11 */
export class RtspPushOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly url: string;
  readonly #options: RtspPushOptions;
  readonly #counters: RtspCounters = { sentBytes: 0, droppedUnits: 0, sendErrors: 0 };
  #run: { context: OutputContext; stream: Awaited<LiveStream>; fail(error: StreamError): void } | undefined;
  #flowing = false;

  constructor(options: RtspPushOptions) {
    this.#options = options;
    this.url = formatRtspUrl(options.url).replace(/^rtsps?/, "$&-push");
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const { url, insecure } = this.#options;
    const options = { url, insecure, clock: context.clock, connectTimeoutMs: CONNECT_TIMEOUT_MS, signal };
    const connection = await RtspConnection.open(options).catch((error: unknown) => {
      if (!signal.aborted) throw this.#translate(error);
    });
    if (!connection) return;
    const stop = (): void => this.#run?.fail(new StreamError("closed", "the output is closed"));
    signal.addEventListener("abort", stop, { once: true });
    try {
      const published = this.#publish(connection, context);
      if (signal.aborted) stop();
      await published;
    } catch (error) {
      if (!signal.aborted) throw this.#translate(error);
    } finally {
      signal.removeEventListener("abort", stop);
      this.#run = undefined;
      this.#flowing = false;
      connection.close();
      await connection.closed;
    }
  }

  unit(unit: AccessUnit): void {
    if (!this.#run) return;
    const { context, stream, fail } = this.#run;
    const { codec } = unit;
    if (!isRtpCodec(codec)) throw new StreamError("unsupported", `RTSP carries ${RTP_CODECS.join(", ")}, not ${codec}`);
    if (stream.value && stream.value.codec !== codec) {
      return fail(new StreamError("connection-lost", `the codec changes to ${codec}; announcing it anew`));
    }
    if (!stream.value && !unit.keyframe) return;
    if (!stream.value) stream.set(new LiveStream({ codec, aud: false, gop: context.gop }, unit));
    const damage = stream.value?.take(unit);
    if (!damage) return;
    this.#counters.droppedUnits += 1;
    context.warning(new StreamError(damage.code, `${this.url}: ${damage.message}; such pictures are left out`));
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#flowing ? 1 : 0, ...this.#counters };
  }

  /** Rejects with why it ended. */
  async #publish(connection: RtspConnection, context: OutputContext): Promise<never> {
    const { transports, join, maxBacklogMs } = this.#options;
    const { clock } = context;
    const stream = new Awaited<LiveStream>(clock);
    let fail = (_error: StreamError): void => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    this.#run = { context, stream, fail };
    for (const unit of context.gop.units()) this.unit(unit);
    // From here on it is in the hub: without a picture there is nothing to announce.
    context.ready();
    void connection.closed.then(fail);
    const noPicture = (): Error => new StreamError("stalled", "the camera gives no picture to announce");
    const live = await Promise.race([stream.wait(PATIENCE_MS, noPicture), failed]);
    const recording = setUpRecording({ connection, live, url: this.#options.url, transports, maxBacklogMs, context });
    const { delivery, presentationUrl } = await Promise.race([recording, failed]).catch((error: unknown) => {
      // What is agreed on after the run has failed is of no use to anybody.
      recording.then(({ delivery: late }) => late.close()).catch(() => {});
      throw error;
    });
    const name = { cname: randomBytes(9).toString("base64url"), counters: this.#counters };
    const flow = new RtpFlow({ feed: live.rtp, delivery, join, clock, ...name });
    const keepalive = new RtspKeepalive({
      ...{ connection, url: presentationUrl, clock },
      onForgotten: () => fail(new StreamError("connection-lost", "the server has forgotten the session")),
    });
    try {
      const { start } = await Promise.race([flow.play(), failed]);
      start();
      this.#flowing = true;
      return await failed;
    } finally {
      keepalive.close();
      flow.end();
      // Politeness: nobody waits for the answer.
      connection.request("TEARDOWN", presentationUrl).catch(() => {});
    }
  }

  #translate(error: unknown): StreamError {
    if (error instanceof StreamError && error.message.includes("://")) return error;
    const { code, message } = error instanceof StreamError ? error : new StreamError("process-failed", String(error));
    return new StreamError(code, `${this.url}: ${message}`, { cause: error });
  }
}
