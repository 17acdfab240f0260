import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import { describeAddresses, isMulticast, isOwnAddress } from "../network-interfaces.js";
import { noteReceiveBuffer, RECEIVE_BUFFER_BYTES } from "../receive-buffer.js";
import { formatStreamUrl, readParameters, type StreamUrl } from "../stream-url.js";
import { joinGroup } from "./multicast-group.js";
import type { Source, SourceContext, SourceSink } from "./source.js";
import { UdpSenders } from "./udp-senders.js";

const PORT = 5000;
const PARAMETERS = {
  interface: { kind: "text" },
  source: { kind: "text" },
  format: { kind: "word", words: ["raw", "ts", "rtp"] },
} as const;

/** Where to listen: an address of this machine, or a group to join. */
interface Place {
  address: string;
  family: 4 | 6;
  group: boolean;
}

/**
 * `udp://127.0.0.1:5000` listens on an address of this machine, `udp://:5000` on all of them, `udp://239.1.1.1:5000`
 * joins a multicast group on every interface (`?interface=eth0` on one, `?source=192.0.2.7` for one sender only).
 * Raw H.264 and H.265, MPEG-TS and RTP are told apart by looking; `?format=raw|ts|rtp` decides.
 * @throws StreamError `invalid-url`
 */
export function openUdpSource(url: StreamUrl, context: SourceContext): Source {
  const parameters = readParameters(url, PARAMETERS);
  const port = url.port ?? PORT;
  let worked = false;
  return {
    retryCeilingMs: 100,
    async run(sink, signal) {
      const place = await findPlace(url, parameters).catch((error: unknown) => refuse(error, worked));
      const socket = createSocket({
        type: place.family === 6 ? "udp6" : "udp4",
        // Several receivers on one machine may listen to a group; a unicast port has one owner.
        reuseAddr: place.group,
        recvBufferSize: RECEIVE_BUFFER_BYTES,
      });
      let rejoin: Timer | undefined;
      try {
        try {
          await bind(socket, place, port);
          if (place.group) rejoin = joinGroup(socket, { ...parameters, ...place }, context.clock);
        } catch (error) {
          refuse(error, worked);
        }
        worked = true;
        noteReceiveBuffer(socket, context.logger);
        if (!signal.aborted) await listen(socket, { sink, signal, context, format: parameters.format });
      } finally {
        rejoin?.cancel();
        await new Promise<void>((resolve) => socket.close(() => resolve()));
      }
    },
  };
}

/** What has worked before is right, and will work again when the network is back. */
function refuse(error: unknown, worked: boolean): never {
  if (!worked || !(error instanceof StreamError)) throw error;
  throw new StreamError("connect-failed", error.message, { cause: error });
}

async function findPlace(url: StreamUrl, parameters: { interface?: string; source?: string }): Promise<Place> {
  if (url.host === "") return { address: "0.0.0.0", family: 4, group: false };
  const { address, family } = await lookup(url.host).catch((cause: Error) => {
    throw new StreamError("invalid-url", `${url.text}: the host's name is not known`, { cause });
  });
  const place: Place = { address, family: family === 6 ? 6 : 4, group: isMulticast(address) };
  const everywhere = address === "0.0.0.0" || address === "::";
  if (!place.group && !everywhere && !isOwnAddress(address)) {
    const allowed = `0.0.0.0, a multicast group such as 239.1.1.1, or one of ${describeAddresses()}`;
    throw new StreamError(
      "invalid-url",
      `${url.text}: udp:// listens on this machine, which is not ${address}; allowed: ${allowed}`,
    );
  }
  const named = parameters.interface === undefined ? parameters.source && "source" : "interface";
  if (!place.group && named) {
    throw new StreamError("invalid-url", `${url.text}: ${named} is only for multicast groups, and ${address} is none`);
  }
  return place;
}

function bind(socket: Socket, place: Place, port: number): Promise<void> {
  // Bound to the group, other groups' datagrams to the same port stay out; Windows allows only local addresses.
  const anywhere = place.group && process.platform === "win32";
  const address = anywhere ? (place.family === 6 ? "::" : "0.0.0.0") : place.address;
  return new Promise((resolve, reject) => {
    socket.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "the port is taken by another program" : cause.message;
      reject(
        new StreamError("bind-failed", `${formatStreamUrl("udp", address, port)}: cannot listen: ${why}`, { cause }),
      );
    });
    socket.bind({ address, port }, () => {
      socket.removeAllListeners("error");
      resolve();
    });
  });
}

function listen(
  socket: Socket,
  options: { sink: SourceSink; signal: AbortSignal; context: SourceContext; format?: "raw" | "ts" | "rtp" | undefined },
): Promise<void> {
  const { sink, signal, context, format } = options;
  return new Promise((resolve, reject) => {
    let heard = false;
    const announce = (sender: string): void => {
      sink.connected({ sameClock: isOwnAddress(sender.replace(/ .*/, "")), description: `udp sender ${sender}` });
    };
    const senders = new UdpSenders({ sink, clock: context.clock, format, onChosen: announce });
    const settle = (done: () => void): void => {
      senders.close();
      done();
    };
    socket.on("message", (bytes, { address, port }) => {
      const sender = `${address} port ${port}`;
      // From here on silence counts, and so does noise: both lead to a new start.
      if (!heard) announce(sender);
      heard = true;
      sink.bytes(bytes.length);
      senders.datagram(bytes, sender);
    });
    socket.once("error", (cause) => {
      settle(() => reject(new StreamError("connection-lost", `udp socket failed: ${cause.message}`, { cause })));
    });
    signal.addEventListener("abort", () => settle(resolve), { once: true });
  });
}
