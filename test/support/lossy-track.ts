import type nodeDataChannel from "node-datachannel";

type PeerConnection = typeof nodeDataChannel.PeerConnection;
type Track = InstanceType<typeof nodeDataChannel.Track>;

/** Which packets of RTP are lost; those that are sent again never are. */
export interface Loss {
  /** Every so many; 0: none. */
  every: number;
  /** The newest sequence number that went out. */
  newest: number | undefined;
}

/** Connections whose tracks lose packets. */
export function loseSome(Connection: PeerConnection, loss: Loss): PeerConnection {
  const open = (...options: ConstructorParameters<PeerConnection>) => {
    const connection = new Connection(...options);
    return withMethod(connection, "addTrack", (media) => {
      const track = connection.addTrack(media);
      return withMethod(
        track,
        "sendMessageBinary",
        (packet) => isLost(packet, loss) || track.sendMessageBinary(packet),
      );
    });
  };
  return function LossyConnection(...options: ConstructorParameters<PeerConnection>) {
    return open(...options);
  } as unknown as PeerConnection;
}

function isLost(packet: Parameters<Track["sendMessageBinary"]>[0], loss: Loss): boolean {
  const isRtp = (packet.readUInt8(1) & 0x7f) < 64 || (packet.readUInt8(1) & 0x7f) >= 96;
  const sequence = packet.readUInt16BE(2);
  if (loss.every === 0 || !isRtp || (loss.newest !== undefined && (sequence - loss.newest) << 16 <= 0)) return false;
  loss.newest = sequence;
  return sequence % loss.every === 0;
}

/** The same native thing but for one method; others must keep their `this`. */
function withMethod<T extends object, K extends keyof T>(thing: T, name: K, method: T[K]): T {
  return new Proxy(thing, {
    get(target, key) {
      if (key === name) return method;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
