import { interleavedHead } from "../rtsp/message.js";
import type { Pair } from "../rtsp/transport-header.js";
import type { RtspTransport, RtspTransportOptions } from "./rtsp-transport.js";

const CHANNELS: Pair = [0, 1];
/** Reports to a server that reads nothing are not piled up. */
const MOST_UNSENT_BYTES = 64 * 1024;

/** RTP between the messages of the RTSP connection itself. @see RFC 2326 section 10.12 */
export function openTcpTransport({ connection, sink }: RtspTransportOptions): RtspTransport {
  let channels = CHANNELS;
  let isAgreed = false;
  connection.onInterleaved = (channel, data) => {
    if (channel === channels[0]) sink.rtp(data);
    else if (channel === channels[1]) sink.rtcp(data);
  };
  return {
    name: "tcp",
    offer: { protocol: "tcp", multicast: false, interleaved: CHANNELS },
    agree({ interleaved }) {
      channels = interleaved ?? CHANNELS;
      isAgreed = true;
    },
    sendRtcp(packet) {
      // Before, a server takes it for a broken request.
      if (!isAgreed || connection.socket.writableLength > MOST_UNSENT_BYTES) return;
      connection.socket.write(Buffer.concat([interleavedHead(channels[1], packet.length), packet]));
    },
    async close() {
      connection.onInterleaved = () => {};
    },
  };
}
