import { silentLogger } from "../../../lib/logger.js";
import { RtspServer, type RtspServerOptions } from "../../../lib/rtsp/server.js";
import type { RtspMediaSession, RtspPath, SetupRequest } from "../../../lib/rtsp/server-path.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RtspPeer } from "../../support/rtsp-peer.js";

/** A session that notes what it is asked for. */
export class StandInSession implements RtspMediaSession {
  aliveAtMs = 0;
  livesByConnection = false;
  readonly calls: string[] = [];
  readonly setups: SetupRequest[] = [];
  readonly received: { channel: number; data: Buffer }[] = [];

  setup(request: SetupRequest) {
    this.calls.push("setup");
    this.setups.push(request);
    return { transport: { ...(request.transports[0] as object), ssrc: 0xabc } as SetupRequest["transports"][0] };
  }

  play() {
    this.calls.push("play");
    return {
      tracks: [{ url: "rtsp://host/stream/stream=0", sequence: 7, rtpTimestamp: 9 }],
      start: () => void this.calls.push("start"),
    };
  }

  pause(): void {
    this.calls.push("pause");
  }

  record(): void {
    this.calls.push("record");
  }

  interleaved(channel: number, data: Buffer): void {
    this.received.push({ channel, data: Buffer.from(data) });
  }

  close(): void {
    this.calls.push("close");
  }
}

/** A path whose sessions are stand-ins. */
export class StandInPath implements RtspPath {
  readonly sessions: StandInSession[] = [];
  readonly path: string;
  constructor(path: string, extra: Partial<RtspPath> = {}) {
    this.path = path;
    Object.assign(this, extra);
  }

  describe = async (): Promise<string> => "v=0\r\n";

  open(): StandInSession {
    const session = new StandInSession();
    this.sessions.push(session);
    return session;
  }
}

/** A server with one path, `/stream`, and a clock that the test turns. */
export class ServerStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly path: StandInPath;
  readonly server: RtspServer;

  private constructor(server: RtspServer, clock: FakeClock, path: StandInPath) {
    this.server = server;
    this.clock = clock;
    this.path = path;
    server.add(path);
  }

  static async open(extra: Partial<RtspPath> = {}, options: Partial<RtspServerOptions> = {}): Promise<ServerStage> {
    const clock = new FakeClock();
    const place = { host: "127.0.0.1", port: 0 };
    const never = new AbortController().signal;
    const server = await RtspServer.listen(place, { clock, logger: silentLogger, ...options }, never);
    return new ServerStage(server, clock, new StandInPath("/stream", extra));
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.server.port}/stream`;
  }

  connect(): Promise<RtspPeer> {
    return RtspPeer.connect(this.server.port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

export const UDP = { Transport: "RTP/AVP;unicast;client_port=5000-5001" };
export const TCP = { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" };
