import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { parseRtp, type RtpPacket } from "../../../lib/rtp/packet.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { makeUnits } from "./make-units.js";
import { RtspClient, type RtspClientOptions } from "./rtsp-client.js";
import { RunningOutput } from "./run-output.js";

/** Pictures from one keyframe to the next. */
export const GOP = 5;

/** An RTSP output on this machine whose camera and clock the test works by hand. */
export class RtspStage implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly running: RunningOutput;
  readonly published: AccessUnit[] = [];
  readonly #clients: RtspClient[] = [];

  private constructor(clock: FakeClock, running: RunningOutput) {
    this.clock = clock;
    this.running = running;
  }

  /** @param url parameters behind the path, or a whole URL */
  static async set(url = ""): Promise<RtspStage> {
    const clock = new FakeClock();
    const whole = url.includes(":/") ? url : `rtsp://127.0.0.1:0/stream${url}`;
    return new RtspStage(clock, await RunningOutput.start(whole, clock));
  }

  /** The next pictures of one stream, a keyframe every fifth. */
  publish(count: number, bytes = 100): AccessUnit[] {
    const from = this.published.length;
    const units = makeUnits({ count: from + count, gop: GOP, bytes }).slice(from);
    this.give(units);
    return units;
  }

  /** Pictures of the test's own. */
  give(units: readonly AccessUnit[]): void {
    for (const unit of units) {
      this.published.push(unit);
      this.running.hub.publish(unit);
    }
  }

  async connect(options: RtspClientOptions = {}): Promise<RtspClient> {
    const client = await RtspClient.connect(this.running.port, options);
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await this.running[Symbol.asyncDispose]();
  }
}

/** RTP packets, taken apart. */
export function packetsOf(datagrams: readonly Buffer[]): RtpPacket[] {
  return datagrams.map((datagram) => parseRtp(datagram) as RtpPacket);
}

/** The H.264 pictures that RTP packets hold; throws where one is missing. */
export function unitsIn(datagrams: readonly Buffer[]): AccessUnit[] {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, codec: "h264" });
  for (const datagram of datagrams) parser.push(datagram, 0);
  if (sink.lostCount > 0) throw new Error(`${sink.lostCount} packets are lost`);
  return sink.units;
}

/** The timestamp of a picture that is shown when it comes. */
export function timestampOf(unit: AccessUnit | undefined): number {
  return Math.round((unit?.receivedAtMs ?? Number.NaN) * 90) >>> 0;
}
