import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { RtpPacketiser } from "../../lib/rtp/packetiser.js";
import { writeSdp } from "../../lib/rtp/sdp.js";

/** What a test's RTSP server serves. */
export interface RtspServerOptions {
  codec: NalCodecName;
  /** What its description says of the stream; nothing by default. */
  parameterSets?: readonly Buffer[];
  /** Refuses every user name and password. */
  refusesEveryone?: boolean;
}

/** A server of one stream over TCP, just enough for ffmpeg; what is sent, and when, is the test's business. */
export interface RtspServer extends AsyncDisposable {
  readonly url: string;
  /** Called whenever a client has asked to play. */
  onPlay: () => void;
  /** Sends a picture to the client that plays, in pieces as RTP makes them. */
  send(unit: AccessUnit, mediaTimeMs: number): void;
}

export async function startRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const packetiser = new RtpPacketiser({ codec: options.codec, maxPacketBytes: 600 });
  const sockets = new Set<Socket>();
  let player: Socket | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    readRequests(socket, (method, sequence) => {
      socket.write(reply(method, sequence, options));
      if (method !== "PLAY") return;
      player = socket;
      rtsp.onPlay();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const rtsp: RtspServer = {
    url: `rtsp://me:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/stream`,
    onPlay: () => {},
    send(unit, mediaTimeMs) {
      // Not from 0, which ffmpeg takes for no timestamp.
      for (const packet of packetiser.packets(unit, Math.round((1_000 + mediaTimeMs) * 90))) {
        player?.write(Buffer.concat([Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff]), packet]));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return rtsp;
}

function readRequests(socket: Socket, onRequest: (method: string, sequence: string) => void): void {
  let text = "";
  socket.on("data", (chunk) => {
    // Reports of the client about the stream come in between.
    if (chunk[0] === 0x24) return;
    text += chunk.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      const request = text.slice(0, end);
      text = text.slice(end + 4);
      onRequest(request.split(" ")[0] ?? "", /^CSeq: *(\d+)/im.exec(request)?.[1] ?? "0");
    }
  });
}

function reply(method: string, sequence: string, options: RtspServerOptions): string {
  if (options.refusesEveryone && method !== "OPTIONS") {
    return `RTSP/1.0 401 Unauthorized\r\nCSeq: ${sequence}\r\nWWW-Authenticate: Digest realm="test", nonce="1"\r\n\r\n`;
  }
  const sdp = `${writeSdp({ ...options, address: "127.0.0.1", port: 0 })}a=control:track\r\n`;
  const headers: Record<string, string> = {
    OPTIONS: "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n",
    DESCRIBE: `Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
    SETUP: "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
  };
  return `RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n${headers[method] ?? "Session: 1\r\n\r\n"}`;
}
