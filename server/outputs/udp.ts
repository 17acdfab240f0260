import { once } from "node:events";
import type { AccessUnit, Codec } from "../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import { isNalCodec } from "../../lib/codecs/nal-codec.js";
import { StreamError } from "../../lib/errors.js";
import { describeAddresses } from "../../lib/network-interfaces.js";
import { isRtpCodec, type RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { writeSdp } from "../../lib/rtp/sdp.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import { createPacker } from "./create-packer.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import { PacedSender } from "./paced-sender.js";
import type { DatagramFormat, Packer } from "./packer.js";
import { SdpFile } from "./sdp-file.js";
import { openUdpSocket, type UdpTarget, type UdpTargetOptions } from "./udp-socket.js";

/** How a UDP output is set up. */
export interface UdpOutputOptions extends UdpTargetOptions {
  /** What the datagrams carry: the byte stream itself, an MPEG transport stream, or RTP. */
  format: DatagramFormat;
  /** Where the description of the stream is written, without which receivers of RTP are at a loss; only for `rtp`. */
  sdpPath?: string;
}

interface Run {
  target: UdpTarget;
  sender: PacedSender;
  context: OutputContext;
}

/** The stream as datagrams to one address, unicast or multicast. It cannot know whether anybody listens. */
export class UdpOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly url: string;
  readonly #options: UdpOutputOptions;
  readonly #counters = { sentBytes: 0, droppedUnits: 0, sendErrors: 0 };
  readonly #sdp: SdpFile | undefined;
  readonly #told = new Set<string>();
  #run: Run | undefined;
  #packer: Packer | undefined;
  #codec: Codec | undefined;
  #flowing = false;

  constructor(options: UdpOutputOptions) {
    this.#options = options;
    this.url = formatStreamUrl("udp", options.host, options.port);
    this.#sdp = options.sdpPath === undefined ? undefined : new SdpFile(options.sdpPath);
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const target = await openUdpSocket(this.#options, signal).catch((error) => {
      if (!signal.aborted) throw this.#translate(error, "connect-failed");
    });
    if (!target) return;
    const { socket } = target;
    const send = (datagram: Buffer): void => this.#send(target, datagram, context);
    const sender = new PacedSender({ send, queuedBytes: () => socket.getSendQueueSize() }, context.clock);
    this.#run = { target, sender, context };
    try {
      context.ready();
      await once(socket, "close", { signal });
    } catch (error) {
      if (!signal.aborted) throw this.#translate(error, "connection-lost");
    } finally {
      this.#run = undefined;
      this.#flowing = false;
      sender.stop();
      socket.on("error", () => {});
      await new Promise<void>((resolve) => socket.close(resolve));
      await this.#sdp?.settled();
    }
  }

  unit(unit: AccessUnit): void {
    const run = this.#run;
    if (!run) return;
    if (!this.#flowing && !unit.keyframe) {
      this.#counters.droppedUnits += this.#packer ? 1 : 0;
      return;
    }
    this.#flowing = !run.sender.late;
    if (!this.#flowing) {
      this.#counters.droppedUnits += 1;
      return;
    }
    if (!this.#packer || unit.codec !== this.#codec) this.#packer = createPacker(this.#options.format, unit.codec);
    this.#codec = unit.codec;
    const datagrams = this.#pack(this.#packer, unit, run.context);
    if (!datagrams) return;
    if (unit.keyframe && this.#sdp && isRtpCodec(unit.codec)) this.#describe(unit.codec, unit.data, run);
    run.sender.send(datagrams);
  }

  stats(): OutputStats {
    const sdp = this.#sdp ? { sdpPath: this.#sdp.path } : {};
    return { url: this.url, clients: this.#run ? 1 : 0, ...this.#counters, ...sdp };
  }

  /** A damaged picture, as USB cameras give them now and then, is dropped alone. */
  #pack(packer: Packer, unit: AccessUnit, context: OutputContext): Buffer[] | undefined {
    try {
      return packer.pack(unit);
    } catch (error) {
      if (!(error instanceof StreamError) || error.code !== "invalid-data") throw error;
      this.#counters.droppedUnits += 1;
      const message = `${this.url}: ${error.message}; such pictures are dropped`;
      this.#warnOnce(error.code, new StreamError(error.code, message, { cause: error }), context);
      return undefined;
    }
  }

  #send({ socket, address }: UdpTarget, datagram: Buffer, context: OutputContext): void {
    this.#counters.sentBytes += datagram.length;
    socket.send(datagram, this.#options.port, address, (error) => {
      if (error) this.#sendFailed(error, context);
    });
  }

  /** The network may come back at any time: a datagram that cannot be sent is lost, as on the way. */
  #sendFailed(error: NodeJS.ErrnoException, context: OutputContext): void {
    const code = error.code ?? error.message;
    this.#counters.sendErrors += 1;
    if (this.#told.has(code)) return;
    this.#told.add(code);
    const advice = code === "ENETUNREACH" ? `; interface= may name one of ${describeAddresses()}` : "";
    const message = `${this.url}: cannot send: ${error.message}${advice}`;
    context.warning(new StreamError("connection-lost", message, { cause: error }));
  }

  #describe(codec: RtpCodecName, keyframe: Buffer, { target, context }: Run): void {
    const { port, ttl = 1 } = this.#options;
    const parameterSets = isNalCodec(codec) ? splitNalUnits(keyframe) : [];
    const sdp = this.#sdp as SdpFile;
    sdp.update(writeSdp({ codec, address: target.address, port, ttl, parameterSets })).then(
      (written) => {
        if (written) context.logger.info({ url: this.url, path: sdp.path }, `SDP written to ${sdp.path}`);
      },
      (error: Error) => {
        const message = `${this.url}: sdp=${sdp.path} cannot be written: ${error.message}`;
        // Every keyframe tries it again.
        this.#warnOnce(message, new StreamError("invalid-option", message, { cause: error }), context);
      },
    );
  }

  #warnOnce(key: string, warning: StreamError, context: OutputContext): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    context.warning(warning);
  }

  #translate(error: unknown, code: "connect-failed" | "connection-lost"): StreamError {
    if (error instanceof StreamError)
      return new StreamError(error.code, `${this.url}: ${error.message}`, { cause: error });
    return new StreamError(code, `${this.url}: ${(error as Error).message}`, { cause: error });
  }
}
