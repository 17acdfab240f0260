import { StreamError } from "../../lib/errors.js";
import type { RtspConnection, RtspRequestOptions } from "../../lib/rtsp/client-connection.js";
import { statusFailure } from "../../lib/rtsp/client-status.js";
import type { RtspResponse } from "../../lib/rtsp/message.js";
import { formatRtspUrl, type RtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { formatTransport, type Pair, parseTransports, type Transport } from "../../lib/rtsp/transport-header.js";
import { datagramTarget } from "../rtsp/datagram-target.js";
import { type LiveStream, TRACK } from "../rtsp/live-stream.js";
import type { RtpDelivery } from "../rtsp/rtp-delivery.js";
import { TcpDelivery } from "../rtsp/tcp-delivery.js";
import { UdpDelivery } from "../rtsp/udp-delivery.js";
import { openUdpPorts } from "../rtsp/udp-ports.js";
import { BoundedWriter } from "./bounded-writer.js";
import type { OutputContext } from "./output.js";

/** How RTP goes to a server that records. */
export type PushTransport = "tcp" | "udp";

/** What is wanted of a server that is to record. */
export interface RecordingOptions {
  connection: RtspConnection;
  live: LiveStream;
  url: RtspUrl;
  /** In order of preference; the next one where the server refuses one. */
  transports: readonly PushTransport[];
  maxBacklogMs: number;
  context: OutputContext;
}

/** A server that records, and how the packets get there. */
export interface Recording {
  delivery: RtpDelivery;
  /** For TEARDOWN and signs of life. */
  presentationUrl: string;
}

const CHANNELS: Pair = [0, 1];

/**
 * Announces the stream to a server and has it record: ANNOUNCE, SETUP, RECORD.
 * @throws StreamError why the server refuses
 */
export async function setUpRecording(options: RecordingOptions): Promise<Recording> {
  const { connection, live, url, transports } = options;
  const presentationUrl = formatRtspUrl(url);
  const ask = async (method: string, at: string, request: RtspRequestOptions = {}): Promise<RtspResponse> => {
    const response = await connection.request(method, at, request);
    if (response.status >= 300) throw statusFailure(url, method, response);
    return response;
  };
  const description = Buffer.from(live.describe(connection.socket.localAddress ?? "0.0.0.0"), "utf8");
  await ask("ANNOUNCE", presentationUrl, { headers: { "Content-Type": "application/sdp" }, body: description });
  const trackUrl = `${presentationUrl.replace(/\/$/, "")}/${TRACK}`;
  let failure: unknown;
  for (const name of transports) {
    const way = await openWay(name, options);
    try {
      const response = await ask("SETUP", trackUrl, { headers: { Transport: formatTransport(way.offer) } });
      const answer = parseTransports(response.headers.get("Transport") ?? "")[0] ?? way.offer;
      await ask("RECORD", presentationUrl, { headers: { Range: "npt=0.000-" } });
      return { delivery: way.agree(answer), presentationUrl };
    } catch (error) {
      way.close();
      failure ??= error;
    }
  }
  throw failure;
}

/** One way of sending, before the server has agreed to it. */
interface Way {
  offer: Transport;
  agree(answer: Transport): RtpDelivery;
  close(): void;
}

function openWay(name: PushTransport, options: RecordingOptions): Promise<Way> | Way {
  return name === "tcp" ? openTcp(options) : openUdp(options);
}

function openTcp({ connection, live, maxBacklogMs, context }: RecordingOptions): Way {
  const { socket } = connection;
  const { clock } = context;
  return {
    offer: { protocol: "tcp", multicast: false, interleaved: CHANNELS, mode: "record" },
    agree({ interleaved = CHANNELS }) {
      // The connection tells its owner when it is gone.
      const writer = new BoundedWriter({ socket, clock, maxBacklogMs, onSilent() {} });
      return new TcpDelivery({ writer, channels: interleaved, ssrc: live.rtp.ssrc, onClose() {} });
    },
    close() {},
  };
}

async function openUdp({ connection, context }: RecordingOptions): Promise<Way> {
  const { localAddress = "", remoteAddress = "" } = connection.socket;
  const address = remoteAddress.replace(/^::ffff:/i, "");
  // A datagram that nobody takes says nothing: the server's RTSP tells when it has gone.
  const ignore = (): void => {};
  const ports = await openUdpPorts(localAddress.replace(/^::ffff:/i, ""), { onReport() {}, onError: ignore });
  const close = (): void => void ports.close();
  return {
    offer: { protocol: "udp", multicast: false, clientPort: ports.numbers, mode: "record" },
    agree(transport) {
      if (!transport.serverPort) throw new StreamError("connect-failed", "the server tells no port for UDP");
      const [rtpPort, rtcpPort] = transport.serverPort;
      const rtp = datagramTarget(ports.rtp, { address, port: rtpPort }, ignore);
      const rtcp = datagramTarget(ports.rtcp, { address, port: rtcpPort }, ignore);
      return new UdpDelivery({ transport, rtp, rtcp, clock: context.clock, onClose: close });
    },
    close,
  };
}
